// What the operator's page does with an answer that is lost, on a server that is made up.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

vi.mock('../api/place', () => ({ place: '/operator' }));

/** The requests that came, by method, path and key. */
let came: { what: string; key: string | null }[];
/** How many answers are lost on their way. */
let lost: number;

beforeEach(() => {
  came = [];
  lost = 0;
  vi.useFakeTimers();
  // A browser knows the address of its page.
  const Whole = class extends Request {
    constructor(path: string, how: RequestInit) {
      super(new URL(path, 'http://here'), how);
    }
  };
  vi.stubGlobal('Request', Whole);
  vi.stubGlobal('fetch', async (request: Request) => {
    const what = `${request.method} ${new URL(request.url).pathname}`;
    came.push({ what, key: request.headers.get('Idempotency-Key') });
    if ((lost -= 1) >= 0) throw new TypeError('Failed to fetch');
    if (request.method === 'GET') return Response.json({ most: 2, running: [], ended: [], left_out: 0 });
    return Response.json({ slot: '4f', candidate_url: 'http://here/c', interviewer_url: 'http://here/i' });
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('an interview whose links were lost on their way is asked for again by its key, and not started twice', async () => {
  const { hosting, start } = await import('./hosting.svelte');
  lost = 1;
  const started = start({ lab: 'payments', cause: 'leaky-release', candidate: 'Ada', minutes: 45 });
  await vi.runAllTimersAsync();
  expect(await started).toBe(true);
  const [first, second, third] = came;
  expect([first?.what, second?.what, third?.what]).toEqual([
    'POST /operator/api/sessions',
    'POST /operator/api/sessions',
    'GET /operator/api/sessions',
  ]);
  expect(first?.key).toMatch(/^[0-9a-f]{32}$/);
  expect(second?.key).toBe(first?.key);
  expect(hosting.links['4f']).toEqual({ candidate: 'http://here/c', interviewer: 'http://here/i' });
});
