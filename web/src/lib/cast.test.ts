import { expect, test } from 'vitest';
import { busiest, Cast } from './cast';

function cast(name: string, opened_s: number, times: number[]): Cast {
  const made = new Cast(name, opened_s, 80, 24);
  made.add(times.map((at_s) => ({ at_s, what: 'printed', text: `at ${at_s}` })));
  return made;
}

test('frames are found by their moment', () => {
  const one = cast('terminal-1', 1, [2, 4, 4, 9]);
  expect([0, 2, 3, 4, 8.9, 9, 100].map((at) => one.upTo(at))).toEqual([0, 1, 1, 3, 3, 4, 4]);
  expect([0, 1, 5, 100].map((at) => one.lastBefore(at))).toEqual([null, 1, 4, 9]);
});

test('a sequence that is cut by a frame is still seen as one', () => {
  const one = new Cast('terminal-1', 0, 80, 24);
  one.add([
    { at_s: 1, what: 'printed', text: 'a\x1b]52;c;ev' },
    { at_s: 2, what: 'printed', text: 'il\x07b' },
    { at_s: 3, what: 'resized', text: '100x30' },
    { at_s: 4, what: 'resized', text: '0x-1; rm' },
  ]);
  expect(one.frames).toEqual([
    { at_s: 1, print: 'a' },
    { at_s: 2, print: 'b' },
    { at_s: 3, columns: 100, rows: 30 },
  ]);
});

test('the terminal in which something last happened is shown', () => {
  const [one, two] = [cast('terminal-1', 0, [1, 20]), cast('terminal-2', 5, [6, 7])];
  expect([2, 8, 30].map((at) => busiest([one, two], at)?.terminal)).toEqual([
    'terminal-1',
    'terminal-2',
    'terminal-1',
  ]);
  expect(busiest([], 1)).toBeNull();
});
