// Buckets of a histogram.
import { expect, test } from 'vitest';
import { differences } from './buckets';

test('each bucket stands without those below it, the highest first', () => {
  const line = (le: string, values: (number | null)[]) => ({ legend: le, labels: { le }, values });
  expect(differences([line('+Inf', [9, null]), line('0.1', [2, 1]), line('1', [7, 1])])).toEqual([
    { name: '+Inf', bound: Infinity, values: [2, null] },
    { name: '1', bound: 1, values: [5, 0] },
    { name: '0.1', bound: 0.1, values: [2, 1] },
  ]);
  expect(differences([line('no number', [1])])).toEqual([]);
});
