import { expect, test } from 'vitest';
import { inView, until } from './inview';

const viewed = (seq: number, at_s: number, panels: unknown[]) => ({
  seq,
  at_s,
  kind: 'dashboard-viewed',
  data: { dashboard: 'pool', last_s: 60, panels },
});
const panel = (title: string, visible_ms?: number) => ({ title, promql: ['up'], visible_ms });

test('a panel is in view from its coming until the report of it', () => {
  const events = [
    viewed(1, 20, [panel('In use', 10_000), panel('Waiting', 2000)]),
    viewed(2, 30, [panel('In use', 10_000)]),
    viewed(3, 31, [panel('Printed')]),
  ];
  const at = (moment: number) => inView(events, moment).map((view) => view.title);
  expect(at(5)).toEqual([]);
  expect(at(12)).toEqual(['In use']);
  expect(at(19)).toEqual(['In use', 'Waiting']);
  expect(at(25)).toEqual(['In use']);
  expect(at(31)).toEqual([]);
});

test('an event that is not what it should be shows nothing', () => {
  expect(inView([{ seq: 1, at_s: 1, kind: 'dashboard-viewed', data: {} }], 1)).toEqual([]);
});

test('the data ends at the moment and reaches back as far as was shown', () => {
  const data = { from: 0, to: 100, times: [10, 20, 30, 40], series: [{ values: [1, 2, 3, 4] }] };
  expect(until(data, 35, 20)).toEqual({ from: 15, to: 35, times: [20, 30], series: [{ values: [2, 3] }] });
  expect(until(data, 5, 20).times).toEqual([]);
  expect(until(data, 500, 20).times).toEqual([]);
});
