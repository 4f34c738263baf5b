// What the page asks for by itself when it is loaded, on a server that is made up.
import { expect, test, vi } from 'vitest';
import { begin, session } from './session.svelte';

const asked: string[] = [];

vi.mock('../api/client', () => ({
  api: {
    GET: (path: string) => {
      asked.push(path);
      return Promise.resolve({ data: { now_s: 3, paged_at_s: 2 } });
    },
  },
  ask: async (request: Promise<{ data: unknown }>) => (await request).data,
  Refused: class extends Error {},
}));
vi.mock('../api/socket', () => ({ retire: () => undefined, Socket: class {} }));

test('loading the page reads nothing for the person: only who they are is asked for', async () => {
  vi.useFakeTimers();
  await begin();
  vi.useRealTimers();
  expect(asked).toEqual(['/api/me']);
  expect([session.me?.paged_at_s, session.page]).toEqual([2, null]);
});
