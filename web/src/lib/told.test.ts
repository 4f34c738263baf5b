// What of the timeline is listed, and when the clock stood still.
import { expect, test } from 'vitest';
import { pauses, worthALine } from './told';
import type { Told } from './told';

const event = (kind: string, at_s: number, line_id = 0): Told => ({
  kind,
  at_s,
  data: { terminal: 'terminal-1', line_id },
});

test('a command line is one line: while it runs, and once it has ended', () => {
  const started = [event('line-started', 1, 1), event('health', 2), event('line-started', 3, 2)];
  expect(worthALine(started).map((each) => each.at_s)).toEqual([1, 3]);
  const ended = [...started, event('line-ended', 4, 1)];
  expect(worthALine(ended).map((each) => each.at_s)).toEqual([3, 4]);
});

test('a pause lasts until the clock runs again, or until now', () => {
  const all = [event('paused', 5), event('resumed', 9), event('resumed', 10), event('paused', 12)];
  expect(pauses(all)).toEqual([
    { from_s: 5, until_s: 9 },
    { from_s: 12, until_s: null },
  ]);
});
