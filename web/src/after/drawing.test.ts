// A replayed screen, on a terminal that draws when the test says so.
import { beforeEach, expect, test } from 'vitest';
import { Cast } from '../lib/cast';
import type { RawFrame } from '../lib/cast';
import { Drawing, PIECE } from './drawing';

/** Writes that are under way. */
let given: { data: string; drawn: () => void }[];
let screen: string;
let size: string;

const terminal = {
  write: (data: string, drawn: () => void) => given.push({ data, drawn }),
  reset: () => (screen = ''),
  resize: (columns: number, rows: number) => (size = `${columns}x${rows}`),
};

beforeEach(() => {
  given = [];
  screen = '';
  size = '80x24';
});

/** The terminal draws what it has; says how many writes that were. */
function draw(most = Infinity): number {
  let writes = 0;
  for (let next = given.shift(); next; next = writes < most ? given.shift() : undefined) {
    screen += next.data;
    writes += 1;
    next.drawn();
  }
  return writes;
}

function drawing(frames: RawFrame[]): Drawing {
  const cast = new Cast('terminal-1', 0, 80, 24);
  cast.add(frames);
  return new Drawing(cast, terminal, () => undefined);
}

/** One letter each second. */
const letters = [...'abcdef'].map((text, at_s): RawFrame => ({ at_s, what: 'printed', text }));

test('a later moment is drawn on from where it is', () => {
  const replay = drawing(letters);
  replay.show(1);
  draw();
  expect(screen).toBe('ab');
  replay.show(3);
  expect(given.map((each) => each.data)).toEqual(['cd']);
  draw();
  expect(screen).toBe('abcd');
});

test('an earlier moment is drawn anew, also while a later one is under way', () => {
  const replay = drawing(letters);
  replay.show(5);
  replay.show(1);
  expect(screen).toBe('');
  draw();
  expect(screen).toBe('ab');
});

test('of many moments that are wanted at once the newest is drawn, and one write is under way', () => {
  const replay = drawing(letters);
  replay.show(5);
  for (const at_s of [4, 3, 0, 2]) {
    replay.show(at_s);
    expect(given).toHaveLength(1);
  }
  expect(draw()).toBe(2);
  expect(screen).toBe('abc');
});

test('much is drawn in pieces, between which another moment may be wanted', () => {
  const long = 'x'.repeat(PIECE);
  const replay = drawing([1, 2, 3, 4].map((at_s) => ({ at_s, what: 'printed', text: long })));
  replay.show(4);
  expect(given.map((each) => each.data.length)).toEqual([PIECE]);
  draw(1);
  replay.show(0);
  expect(draw()).toBe(1);
  expect(screen).toBe('');
  replay.show(3);
  expect(draw()).toBe(3);
});

test('a size comes between what was printed before and after it, and going back takes it back', () => {
  const replay = drawing([
    { at_s: 1, what: 'printed', text: 'a' },
    { at_s: 2, what: 'resized', text: '100x30' },
    { at_s: 3, what: 'printed', text: 'b' },
    { at_s: 4, what: 'marked', text: 'a gap' },
  ]);
  replay.show(4);
  expect([given[0]?.data, size]).toEqual(['a', '80x24']);
  draw(1);
  expect([screen, size]).toEqual(['a', '100x30']);
  draw();
  expect(screen).toContain('ab\r\n');
  expect(screen).toContain('[a gap]');
  replay.show(1);
  draw();
  expect([screen, size]).toEqual(['a', '80x24']);
});

test('a screen that is put away draws nothing more', () => {
  const replay = drawing(letters);
  replay.show(1);
  replay.show(5);
  replay.stop();
  draw();
  expect(given).toEqual([]);
  expect(screen).toBe('ab');
});
