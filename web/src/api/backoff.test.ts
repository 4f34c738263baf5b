// Waiting before the next try.
import { expect, test } from 'vitest';
import { backoff } from './backoff';

test('waits longer with each try, and never over nine seconds', () => {
  expect(backoff(0, 0.5)).toBe(300);
  expect(backoff(3, 0.5)).toBe(2400);
  expect(backoff(1000, 1)).toBe(8800);
});
