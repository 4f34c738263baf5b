// The timeline in lanes.
import { expect, test } from 'vitest';
import { columns, height, nearest } from './lanes';
import type { Happened } from './lanes';

const event = (seq: number, at_s: number, effect: Happened['effect']): Happened => ({ seq, at_s, effect });

test('each event stands in its lane and in no other', () => {
  expect(columns([event(1, 5, 'look'), event(2, 6, 'truth')], 160)).toEqual([
    [5, 6],
    [4, null],
    [null, null],
    [null, null],
    [null, null],
    [null, 0],
  ]);
});

test('what falls on the same spot is moved apart, and back when there is room', () => {
  const looks = columns([event(1, 0, 'look'), event(2, 0.5, 'look'), event(3, 9, 'look')], 160)[1];
  expect(looks).toEqual([height(0, 0), height(0, 1), height(0, 0)]);
});

test('the nearest point of the lane is found, within reach only', () => {
  const all = [event(1, 0, 'look'), event(2, 10, 'act'), event(3, 12, 'look')];
  expect(nearest(all, 10, 0, 5)?.seq).toBe(3);
  expect(nearest(all, 10, 1, 5)?.seq).toBe(2);
  expect(nearest(all, 6, 0, 1)).toBeNull();
});
