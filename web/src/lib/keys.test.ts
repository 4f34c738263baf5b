// Keys of the whole page.
import { expect, test } from 'vitest';
import { Keys, keyOf } from './keys';

const key = (key: string, more = {}) => ({ key, code: '', ctrl: false, alt: false, typing: false, ...more });
/** What Alt and a key are while one types. */
const typed = (made: string, code: string, more = {}) =>
  key(made, { code, alt: true, typing: true, ...more });

test('g and a letter go to a view, if the letter comes soon', () => {
  const keys = new Keys(false);
  expect(keys.press(key('g'), 0)).toBeNull();
  expect(keys.press(key('d'), 500)).toEqual({ letter: 'd' });
  expect(keys.press(key('d'), 600)).toBeNull();
  keys.press(key('g'), 1000);
  expect(keys.press(key('d'), 2500)).toBeNull();
});

test('what is typed into a text goes nowhere, Alt and a digit does', () => {
  const keys = new Keys(false);
  keys.press(key('g', { typing: true }), 0);
  expect(keys.press(key('d', { typing: true }), 1)).toBeNull();
  expect(keys.press(typed('1', 'Digit1'), 2)).toEqual({ view: 0 });
  expect(keys.press(key('0', { code: 'Digit0', alt: true }), 2)).toEqual({ view: 9 });
  // A French keyboard has its digits above the capitals.
  expect(keys.press(typed('&', 'Digit1'), 3)).toEqual({ view: 0 });
});

test('Ctrl-K belongs to the shell while one types there, Alt-K never does', () => {
  const keys = new Keys(false);
  expect(keys.press(key('k', { ctrl: true, typing: true }), 0)).toBeNull();
  expect(keys.press(key('k', { ctrl: true }), 0)).toBe('palette');
  expect(keys.press(typed('k', 'KeyK'), 0)).toBe('palette');
});

test.each([
  ['German', '[', 'Digit5'],
  ['German', ']', 'Digit6'],
  ['German', '|', 'Digit7'],
  ['German', '\\', 'Digit7'],
  ['German', '{', 'Digit8'],
  ['German', '}', 'Digit9'],
  ['Spanish', '|', 'Digit1'],
  ['British', '#', 'Digit3'],
  ['American', '¡', 'Digit1'],
  ['American', '˚', 'KeyK'],
  ['American', '«', 'Backslash'],
  ['French', 'Dead', 'Digit5'],
])('on a %s Mac Option types %s', (_layout, made, code) => {
  expect(new Keys(true).press(typed(made, code), 0)).toBeNull();
});

test.each([
  ['{', 'Digit7'],
  ['\\', 'Minus'],
  ['k', 'KeyK'],
])('AltGr types %s, which is Ctrl and Alt on Windows', (made, code) => {
  expect(new Keys(false).press(typed(made, code, { ctrl: true }), 0)).toBeNull();
});

test('on a Mac Ctrl with Option is a shortcut while one types, and Option alone while one does not', () => {
  const keys = new Keys(true);
  for (const more of [{ ctrl: true }, { typing: false }]) {
    expect(keys.press(typed('{', 'Digit8', more), 0)).toEqual({ view: 7 });
    expect(keys.press(typed('˚', 'KeyK', more), 0)).toBe('palette');
    expect(keys.press(typed('«', 'Backslash', more), 0)).toBe('split');
  }
});

/** A key that was pressed in something that is, or is in, what `within` names. */
function pressed(within: string, held: Partial<KeyboardEvent> = {}): KeyboardEvent {
  const closest = (texts: string) => (texts.split(', ').includes(within) ? {} : null);
  const event = {
    key: '1',
    code: 'Digit1',
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    target: { closest },
  };
  return { ...event, ...held } as unknown as KeyboardEvent;
}

test.each(['input', 'textarea', '.xterm', '.cm-editor'])('a key pressed in %s is typed', (within) => {
  expect(keyOf(pressed(within))?.typing).toBe(true);
});

test('a key pressed on a button is not typed, and Command counts as Ctrl', () => {
  const key = { key: '1', code: 'Digit1', ctrl: true, alt: false, typing: false };
  expect(keyOf(pressed('button', { metaKey: true }))).toEqual(key);
});

test("Command with Option is the browser's", () => {
  expect(keyOf(pressed('body', { metaKey: true, altKey: true }))).toBeNull();
});
