// The word for where a session is.
import { expect, test } from 'vitest';
import type { Me } from '../api/client';
import { standing } from './standing';

const me: Me = {
  role: 'interviewer',
  candidate: 'Ada',
  lab: 'payments',
  title: 'Payments',
  session: '',
  phase: 'provision',
  started: null,
  now_s: 0,
  lab_ready: false,
  consented: false,
  paged_at_s: null,
  minutes: 45,
  ends_at_s: null,
  done: false,
  ended: null,
  alone: false,
  closed: false,
  paused_s: 0,
  report_ready: false,
  submitted: false,
};

test('each step on the way has its word', () => {
  const words = [
    me,
    { ...me, session: 'x' },
    { ...me, session: 'x', lab_ready: true },
    { ...me, session: 'x', lab_ready: true, consented: true, phase: 'inject' as const },
    { ...me, session: 'x', lab_ready: true, consented: true, phase: 'live' as const },
    { ...me, session: 'x', lab_ready: true, consented: true, phase: 'mitigated' as const },
  ].map((each) => standing(each, false).word);
  expect(words).toEqual([
    'waits for its turn',
    'starting',
    'waits for consent',
    'inject',
    'live',
    'mitigated',
  ]);
});

test('an end is told before anything else', () => {
  const ended = { ...me, session: 'x', ended: { how: 'done' as const, detail: '' } };
  expect(standing(ended, false).word).toBe('ending');
  expect(standing(ended, true).word).toBe('over');
});
