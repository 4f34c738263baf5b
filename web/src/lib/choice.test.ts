// Choosing several values of a variable.
import { expect, test } from 'vitest';
import { ALL, inWords, toggled } from './choice';

test('values are added and taken away one by one', () => {
  expect(toggled([ALL], 'payments-1', true)).toEqual(['payments-1']);
  expect(toggled(['payments-1'], 'payments-2', true)).toEqual(['payments-1', 'payments-2']);
  expect(toggled(['payments-1', 'payments-2'], 'payments-1', true)).toEqual(['payments-2']);
  expect(toggled(['payments-1', 'payments-2'], ALL, true)).toEqual([ALL]);
});

test('the last one taken away means all, or stays where there is no all', () => {
  expect(toggled(['payments-1'], 'payments-1', true)).toEqual([ALL]);
  expect(toggled(['payments-1'], 'payments-1', false)).toEqual(['payments-1']);
});

test('a choice is said in few words', () => {
  expect(inWords([ALL])).toBe('All');
  expect(inWords(['payments-1'])).toBe('payments-1');
  expect(inWords(['payments-1', 'payments-2'])).toBe('payments-1 + 1');
  expect(inWords([])).toBe('none');
});
