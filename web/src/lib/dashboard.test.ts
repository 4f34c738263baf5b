// Dashboard files: the real ones of the repository, and what a file may lack.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { last, opening, panels, reduce, refresh, threshold } from './dashboard';

const file = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../grafana/dashboards/${name}.json`, import.meta.url), 'utf8'));

test.each(['bank', 'edge', 'pool', 'postgres', 'service'])(
  '%s has a place and a query for each panel',
  (name) => {
    const all = panels(file(name));
    expect(all.length).toBeGreaterThan(5);
    for (const panel of all) {
      expect(panel.x + panel.w).toBeLessThanOrEqual(24);
      if (panel.type !== 'row') expect(panel.queries.every((query) => query.length > 0)).toBe(true);
    }
    expect(opening(file(name))).toEqual({ from: 'now-15m', to: 'now' });
    expect(refresh(file(name))).toBe(5000);
  },
);

test('an override changes the one line that it names', () => {
  const panel = panels(file('pool')).find((each) => each.title === 'Connections that come back');
  expect(panel?.field('in use, all')).toMatchObject({ color: 'orange', dash: [8, 6], fill: 8 });
  expect(panel?.field('create')).toMatchObject({ color: null, dash: null });
});

test('a file that lacks everything is an empty dashboard', () => {
  expect(panels(null)).toEqual([]);
  expect(panels({ panels: [7] })).toMatchObject([{ type: 'unknown', w: 12, h: 8 }]);
});

test('a value takes the colour of the highest step that it has reached', () => {
  const steps = [
    { color: 'green', value: null },
    { color: 'orange', value: 0.8 },
    { color: 'red', value: 0.95 },
  ];
  expect(threshold(steps, 0.1)).toBe('green');
  expect(threshold(steps, 0.8)).toBe('orange');
  expect(threshold(steps, 1)).toBe('red');
  expect(threshold(steps, null)).toBeNull();
});

test('gaps count for nothing', () => {
  expect(last([1, 2, null])).toBe(2);
  expect(last([null])).toBeNull();
  expect(reduce([3, null, 1], 'min')).toBe(1);
  expect(reduce([3, null, 1], 'mean')).toBe(2);
  expect(reduce([], 'max')).toBeNull();
});
