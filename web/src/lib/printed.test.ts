import { expect, test } from 'vitest';
import { Printed } from './printed';

/** Taken whole and taken letter by letter gives the same. */
function check(raw: string, shown: string) {
  expect(new Printed().take(raw)).toBe(shown);
  const slow = new Printed();
  expect([...raw].map((char) => slow.take(char)).join('')).toBe(shown);
}

test('colours, cursor and screens are drawn as they were', () => {
  for (const kept of [
    'plain\r\n\ttext\b',
    '\x1b[1;31mred\x1b[0m',
    '\x1b[38:2:1:2:3mtrue\x1b[m',
    '\x1b[2J\x1b[H\x1b[10;5H',
    '\x1b[?1049h\x1b[?25l\x1b[?25h\x1b[?1049l',
    '\x1b(0lqk\x1b(B',
    '\x1b7\x1b8\x1bM',
    'ä € 🙂',
  ])
    check(kept, kept);
});

test('links, titles, the clipboard and device strings are left out', () => {
  check('a\x1b]8;;http://evil.example\x07link\x1b]8;;\x07b', 'alinkb');
  check('a\x1b]52;c;ZXZpbA==\x1b\\b', 'ab');
  check('a\x1b]0;title\x07b', 'ab');
  check('a\x1bPq#0;2;0;0;0\x1b\\b', 'ab');
  check('a\x1b_private\x1b\\\x1b^message\x1b\\b', 'ab');
  check('a\x9d0;title\x9cb', 'ab');
});

test('questions to the terminal and modes beyond the screen are left out', () => {
  check('a\x1b[c\x1b[>c\x1b[6n\x1b[5n\x1b[?1;2cb', 'ab');
  check('a\x1b[?1000h\x1b[?1006h\x1b[?1004hb', 'ab');
  check('a\x1b[21t\x1b[22;0tb\x07', 'ab');
});

test('a sequence without an end swallows nothing for ever', () => {
  const long = new Printed().take(`\x1b[${'1;'.repeat(500)}x and on`);
  expect(long).toContain('and on');
  check('\x1b]0;cut off\x1b[1mbold', '\x1b[1mbold');
});
