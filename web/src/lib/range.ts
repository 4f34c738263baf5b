// A stretch of time as Grafana writes it (`now-15m`), and what can be done with one. Pure: now comes in.

export interface Range {
  from: string | number;
  to: string | number;
}

export interface Span {
  from: number;
  to: number;
}

const UNITS: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86400, w: 604800 };

/** A moment in Unix seconds; an unknown word is now. */
export function moment(word: string | number, now: number): number {
  if (typeof word === 'number') return word;
  const found = /^now(?:-(\d+)([smhdw]))?$/.exec(word.trim());
  if (found) return now - Number(found[1] ?? 0) * (UNITS[found[2] ?? 's'] ?? 1);
  const parsed = Date.parse(word) / 1000;
  return Number.isNaN(parsed) ? now : parsed;
}

/** Both ends in Unix seconds, in order and at least a second apart. */
export function resolve(range: Range, now: number): Span {
  const a = moment(range.from, now);
  const b = moment(range.to, now);
  const from = Math.min(a, b);
  return { from, to: Math.max(from + 1, Math.max(a, b)) };
}

/** Whether it moves on with time. */
export function isLive(range: Range): boolean {
  return range.to === 'now';
}

/** The file's range, or the shortest usual one that holds all there is while there is less. */
export function atFirst(opening: Range, age_s: number): Range {
  const usual = [5, 15, 30, 60, 180, 360].map((minutes) => ({
    from: `now-${minutes}m`,
    to: 'now',
    s: minutes * 60,
  }));
  const wanted = resolve(opening, 0);
  const enough = usual.find(({ s }) => s >= age_s);
  if (!isLive(opening) || !enough || enough.s >= wanted.to - wanted.from) return opening;
  return { from: enough.from, to: enough.to };
}

/** Twice as wide around the same middle, not beyond now. */
export function zoomOut(range: Range, now: number): Range {
  const { from, to } = resolve(range, now);
  const half = to - from;
  const middle = (from + to) / 2;
  const end = Math.min(now, middle + half);
  return { from: end - 2 * half, to: end };
}

/** What stands on the picker's button. */
export function title(range: Range, now: number): string {
  const relative = typeof range.from === 'string' ? /^now-(\d+[smhdw])$/.exec(range.from) : null;
  if (isLive(range) && relative) return `Last ${relative[1]}`;
  const { from, to } = resolve(range, now);
  return `${clock(from)} – ${clock(to)}`;
}

/** The time of day, local, to the second. */
export function clock(seconds: number): string {
  const date = new Date(seconds * 1000);
  return [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((n) => String(n).padStart(2, '0'))
    .join(':');
}
