// Prometheus' answers on one axis.
import { expect, test } from 'vitest';
import { items, name, step, table } from './matrix';

const answer = {
  data: {
    resultType: 'matrix',
    result: [
      {
        metric: { __name__: 'up', job: 'a' },
        values: [
          [1, '1'],
          [3, 'NaN'],
        ],
      },
      { metric: { job: 'b' }, values: [[2, '0.5']] },
    ],
  },
};

test('lines share an axis, with gaps', () => {
  expect(table(answer)).toEqual({
    times: [1, 2, 3],
    series: [
      { name: 'up{job="a"}', labels: { __name__: 'up', job: 'a' }, values: [1, null, null] },
      { name: '{job="b"}', labels: { job: 'b' }, values: [null, 0.5, null] },
    ],
  });
});

test('a scalar is an item, and nothing is nothing', () => {
  expect(items({ data: { resultType: 'scalar', result: [1, '42'] } })).toEqual([
    { metric: {}, value: [1, '42'] },
  ]);
  expect(items(null)).toEqual([]);
  expect(name({ __name__: 'up' })).toBe('up');
});

test('a step is never under a second', () => {
  expect(step(0, 60)).toBe(1);
  expect(step(0, 21_600)).toBe(86);
});
