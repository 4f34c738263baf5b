// A stretch of a log grows at either end and never has a hole.
import { expect, test } from 'vitest';
import { first, withNewer, withOlder } from './stretch';
import type { Stretch } from './stretch';

/** Lines `from` to `to`; the log itself has gone on to line `next`. */
function stretch(from: number, to: number, next = to, more = false): Stretch {
  const line = (cursor: number) => ({ cursor, at_ms: cursor, container: 'edge', level: null, text: '' });
  const lines = Array.from({ length: to - from + 1 }, (_, index) => line(from + index));
  return { lines, more, next };
}

const cursors = ({ lines }: Stretch) => lines.map((line) => line.cursor);

test('new lines come behind, and it goes on behind them', () => {
  const grown = withNewer(stretch(5, 7, 9), stretch(10, 11, 14), 10);
  expect(cursors(grown)).toEqual([5, 6, 7, 10, 11]);
  expect([grown.more, grown.next]).toEqual([false, 14]);
});

test('where too many lines come the oldest go, and are known to be there', () => {
  const grown = withNewer(stretch(1, 3), stretch(4, 6), 4);
  expect(cursors(grown)).toEqual([3, 4, 5, 6]);
  expect(grown.more).toBe(true);
});

test('that there are older lines is not forgotten', () => {
  expect(withNewer(stretch(5, 6, 6, true), stretch(7, 7), 10).more).toBe(true);
});

test('older lines come before, and it goes on where it did', () => {
  const grown = withOlder(stretch(5, 6, 9), stretch(2, 4, 4, true), 10);
  expect(cursors(grown)).toEqual([2, 3, 4, 5, 6]);
  expect([grown.more, grown.next]).toEqual([true, 9]);
});

test('where too many older lines come the newest go, and are asked for next', () => {
  const grown = withOlder(stretch(5, 8, 12), stretch(2, 4), 5);
  expect(cursors(grown)).toEqual([2, 3, 4, 5, 6]);
  expect(grown.next).toBe(6);
});

test('nothing before and nothing after changes nothing', () => {
  const held = stretch(5, 6, 9);
  expect(withOlder(held, stretch(1, 0, 4), 10)).toEqual(held);
  expect(withNewer(held, stretch(1, 0, 9), 10)).toEqual(held);
});

test('two containers’ lines stand by time, and what goes is told by the order in which they came', () => {
  const [line] = stretch(1, 1).lines;
  const of = (...cursors: number[]) => ({
    lines: cursors.map((cursor) => ({ ...line!, cursor })),
    more: false,
    next: 9,
  });
  expect(first(of(3, 2, 4))).toBe(2);
  const newer = withNewer(of(3, 2), of(5, 4), 3);
  expect([cursors(newer), newer.more]).toEqual([[3, 5, 4], true]);
  const older = withOlder(of(4, 3, 6, 5), of(2, 1), 4);
  expect([cursors(older), older.next]).toEqual([[2, 1, 4, 3], 4]);
  const cut = withOlder(of(4, 3, 6, 5), of(2, 1), 5);
  expect([cursors(cut), cut.next]).toEqual([[2, 1, 4, 3, 5], 5]);
});
