// What waits until somebody can see it, on a page that is hidden and shown by the test.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { onceSeen } from './seen';

class FakeDocument extends EventTarget {
  visibilityState: 'visible' | 'hidden' = 'hidden';

  shows() {
    this.visibilityState = 'visible';
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

let page: FakeDocument;
const act = vi.fn();

beforeEach(() => {
  page = new FakeDocument();
  vi.stubGlobal('document', page);
  act.mockClear();
});

afterEach(() => vi.unstubAllGlobals());

test('what is shown on a page in view is seen at once, and once', () => {
  page.visibilityState = 'visible';
  onceSeen(act);
  page.shows();
  expect(act).toHaveBeenCalledTimes(1);
});

test('what is shown on a hidden page is seen when that comes into view', () => {
  onceSeen(act);
  expect(act).not.toHaveBeenCalled();
  page.shows();
  page.shows();
  expect(act).toHaveBeenCalledTimes(1);
});

test('what has gone before the page came into view was not seen', () => {
  const leave = onceSeen(act);
  leave();
  page.shows();
  expect(act).not.toHaveBeenCalled();
});
