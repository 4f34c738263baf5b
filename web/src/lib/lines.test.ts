// Log lines and patches, taken apart.
import { expect, test } from 'vitest';
import { parts } from './logline';
import { lines } from './patch';

test('a JSON line is message and fields', () => {
  const line =
    '{"timestamp":"x","level":"WARN","fields":{"message":"pool exhausted","waited_ms":2000},"route":"/p"}';
  expect(parts(line)).toEqual({
    message: 'pool exhausted',
    fields: [
      ['waited_ms', '2000'],
      ['route', '/p'],
    ],
  });
});

test('a line that is no JSON, or half of one, stands as it is', () => {
  expect(parts('GET / 200').message).toBe('GET / 200');
  expect(parts('{"message":"cut').message).toBe('{"message":"cut');
});

test('a patch is told apart, the message of a second commit too', () => {
  const patch =
    'From abcdef0 Mon\nSubject: x\n\n- a bullet\ndiff --git a/x b/x\n@@ -1 +1 @@\n-old\n+new\n same\nFrom 1234567 Mon\n- b';
  expect(lines(patch).map((line) => line.kind)).toEqual([
    'said',
    'said',
    'said',
    'said',
    'file',
    'hunk',
    'removed',
    'added',
    'same',
    'said',
    'said',
  ]);
});
