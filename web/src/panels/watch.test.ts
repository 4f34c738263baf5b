// What is told of a look, and when, on a page and a server that are made up.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Watch } from './watch';

vi.mock('../api/place', () => ({ place: '' }));
vi.mock('../api/client', () => ({ api: { POST: (...asked: unknown[]) => post(...asked) } }));

interface Told {
  visit: string;
  from: number;
  to: number;
  panels: { panel: number }[];
}

const NOW = 1_700_000_000;
const MINUTE = 60;
const post = vi.fn();
let beacons: Blob[];
let watch: Watch;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW * 1000 });
  beacons = [];
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      disconnect() {}
    },
  );
  const page = { visibilityState: 'visible', addEventListener() {}, removeEventListener() {} };
  vi.stubGlobal('document', page);
  vi.stubGlobal('navigator', { sendBeacon: (_: string, body: Blob) => beacons.push(body) });
  post.mockReset().mockResolvedValue({});
  watch = new Watch('pool', { from: 'now-5m', to: 'now' });
});

afterEach(() => {
  watch.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const reports = () => post.mock.calls.map(([, asked]) => (asked as { body: Told }).body);
const lengths = () => reports().map(({ from, to }) => to - from);

function looks(ms: number) {
  watch.looks.view(2, true, performance.now());
  vi.advanceTimersByTime(ms);
}

test('what was seen before a zoom is told with the range in which it was seen', () => {
  looks(1500);
  vi.advanceTimersByTime(1000);
  watch.renew({ from: NOW - 20, to: NOW - 10 });
  vi.advanceTimersByTime(1500);
  expect(lengths()).toEqual([5 * MINUTE, 5 * MINUTE, 10]);
  const visits = reports().map(({ visit }) => visit);
  expect(visits[0]).toBe(visits[1]);
  expect(visits[2]).not.toBe(visits[1]);
});

test('a range that moves on with time keeps its length, and ends when it is told', () => {
  looks(1500);
  vi.advanceTimersByTime(20_000);
  expect(new Set(lengths())).toEqual(new Set([5 * MINUTE]));
  const [first, last] = [reports().at(0), reports().at(-1)];
  expect((last?.to ?? 0) - (first?.to ?? 0)).toBeGreaterThanOrEqual(20);
});

test('what is left is told with the range of the visit', async () => {
  looks(500);
  watch.renew({ from: 'now-1h', to: 'now' });
  looks(500);
  watch.close();
  const told = JSON.parse((await beacons[0]?.text()) ?? '{}') as Told;
  expect([told.to - told.from, told.panels.map(({ panel }) => panel)]).toEqual([60 * MINUTE, [2]]);
});
