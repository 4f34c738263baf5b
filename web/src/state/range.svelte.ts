// The stretch of time that all charts of the page share, and the crosshair's place within it.
import type { Range } from '../lib/range';

export const range = $state<{ shown: Range; before: Range[] }>({
  shown: { from: 'now-15m', to: 'now' },
  before: [],
});

/** Shows another stretch; `back` returns. */
export function show(next: Range) {
  range.before = [...range.before.slice(-20), range.shown];
  range.shown = next;
}

export function back() {
  const before = range.before.at(-1);
  if (!before) return;
  range.before = range.before.slice(0, -1);
  range.shown = before;
}
