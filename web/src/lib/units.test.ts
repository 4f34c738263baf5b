// Numbers as a dashboard shows them.
import { expect, test } from 'vitest';
import { format, onAxis, unitName } from './units';

test.each([
  [0.0234, 'percentunit', '2.34 %'],
  [0.95, 'percentunit', '95 %'],
  [0.0042, 's', '4.2 ms'],
  [90, 's', '1.5 min'],
  [7200, 's', '2 h'],
  [1536, 'bytes', '1.5 KiB'],
  [512, 'bytes', '512 B'],
  [61.27, 'reqps', '61.3 req/s'],
  [12, 'suffix:connections', '12 connections'],
  [1234, 'short', '1.23k'],
  [0, 'short', '0'],
  [-3.5, 'short', '-3.5'],
  [0.00001, 'short', '0.00001'],
  [5, 'a unit of tomorrow', '5'],
])('%d %s is %s', (value, unit, text) => expect(format(value, unit)).toBe(text));

test('what is not there is a dash and not a zero', () => {
  expect(format(null, 's')).toBe('–');
  expect(format(NaN, 's')).toBe('–');
  expect(format(Infinity)).toBe('∞');
});

test('an axis carries the unit once', () => {
  expect(onAxis(12, 'suffix:connections')).toBe('12');
  expect(unitName('suffix:connections')).toBe('connections');
  expect(onAxis(0.5, 'percentunit')).toBe('50 %');
  expect(unitName('percentunit')).toBe('');
});
