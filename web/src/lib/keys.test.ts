// Keys of the whole page.
import { expect, test } from 'vitest';
import { Keys } from './keys';

const key = (key: string, more = {}) => ({ key, code: '', ctrl: false, alt: false, typing: false, ...more });

test('g and a letter go to a view, if the letter comes soon', () => {
  const keys = new Keys();
  expect(keys.press(key('g'), 0)).toBeNull();
  expect(keys.press(key('d'), 500)).toEqual({ letter: 'd' });
  expect(keys.press(key('d'), 600)).toBeNull();
  keys.press(key('g'), 1000);
  expect(keys.press(key('d'), 2500)).toBeNull();
});

test('what is typed into a text goes nowhere, Alt and a digit does', () => {
  const keys = new Keys();
  keys.press(key('g', { typing: true }), 0);
  expect(keys.press(key('d', { typing: true }), 1)).toBeNull();
  expect(keys.press(key('¡', { code: 'Digit1', alt: true, typing: true }), 2)).toEqual({ view: 0 });
  expect(keys.press(key('0', { code: 'Digit0', alt: true }), 2)).toEqual({ view: 9 });
});

test('Ctrl-K belongs to the shell while one types there, Alt-K never does', () => {
  const keys = new Keys();
  expect(keys.press(key('k', { ctrl: true, typing: true }), 0)).toBeNull();
  expect(keys.press(key('k', { ctrl: true }), 0)).toBe('palette');
  expect(keys.press(key('k', { alt: true, typing: true }), 0)).toBe('palette');
});
