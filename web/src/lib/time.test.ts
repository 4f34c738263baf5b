// The time that is left of a session.
import { expect, test } from 'vitest';
import { left } from './time';

test('time runs out, and not below nothing', () => {
  expect([left({ ends_at_s: 100 }, 40), left({ ends_at_s: 100 }, 140)]).toEqual([60, 0]);
});

test('time stands still while the clock is stopped', () => {
  const me = { ends_at_s: 100, paused_at_s: 30 };
  expect([left(me, 40), left(me, 90), left({ ...me, paused_at_s: null }, 40)]).toEqual([70, 70, 60]);
});

test('where no time is set none is left', () => {
  expect(left({ ends_at_s: null, paused_at_s: null }, 40)).toBeNull();
});
