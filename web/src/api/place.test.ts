// Where the page finds its server. The address bar of a browser is stood in for by one path.
import { expect, test, vi } from 'vitest';

test('all that is asked for stands below the page', async () => {
  vi.stubGlobal('location', { pathname: '/s/4f1e6f0c2b9a7d35/' });
  const { below, place } = await import('./place');
  expect(place).toBe('/s/4f1e6f0c2b9a7d35');
  expect(below('/')).toBe('');
  expect(below('/operator/')).toBe('/operator');
});
