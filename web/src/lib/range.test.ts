// Stretches of time.
import { expect, test } from 'vitest';
import { atFirst, isLive, resolve, title, zoomOut } from './range';

const NOW = 1_700_000_000;

test('a relative range moves with now', () => {
  expect(resolve({ from: 'now-15m', to: 'now' }, NOW)).toEqual({ from: NOW - 900, to: NOW });
  expect(isLive({ from: 'now-15m', to: 'now' })).toBe(true);
  expect(title({ from: 'now-15m', to: 'now' }, NOW)).toBe('Last 15m');
});

test('ends the wrong way round are put in order, and equal ones apart', () => {
  expect(resolve({ from: NOW, to: NOW - 60 }, NOW)).toEqual({ from: NOW - 60, to: NOW });
  expect(resolve({ from: NOW, to: NOW }, NOW)).toEqual({ from: NOW, to: NOW + 1 });
});

test('zooming out doubles the span and does not reach into the future', () => {
  expect(zoomOut({ from: NOW - 100, to: NOW }, NOW)).toEqual({ from: NOW - 200, to: NOW });
  const inside = zoomOut({ from: NOW - 500, to: NOW - 400 }, NOW);
  expect(inside).toEqual({ from: NOW - 550, to: NOW - 350 });
});

test('a young session opens with the stretch that it fills, an older one with what the file says', () => {
  const file = { from: 'now-15m', to: 'now' };
  expect(atFirst(file, 40)).toEqual({ from: 'now-5m', to: 'now' });
  expect(atFirst(file, 400)).toEqual(file);
  expect(atFirst(file, 90_000)).toEqual(file);
  expect(atFirst({ from: 'now-6h', to: 'now' }, 1000)).toEqual({ from: 'now-30m', to: 'now' });
});
