// Times as people read them. Pure.

/** Seconds as `m:ss` or `h:mm:ss`, with a minus before the start. */
export function elapsed(seconds: number): string {
  const sign = seconds < 0 ? '-' : '';
  const all = Math.floor(Math.abs(seconds));
  const h = Math.floor(all / 3600);
  const m = Math.floor((all % 3600) / 60);
  const s = String(all % 60).padStart(2, '0');
  return h ? `${sign}${h}:${String(m).padStart(2, '0')}:${s}` : `${sign}${m}:${s}`;
}

/** Seconds that are left of a session's time, which stands still while its clock is stopped; `null` where none is set. */
export function left(
  { ends_at_s, paused_at_s }: { ends_at_s?: number | null; paused_at_s?: number | null },
  now_s: number,
): number | null {
  return ends_at_s == null ? null : Math.max(0, ends_at_s - (paused_at_s ?? now_s));
}

/** A wall time (RFC 3339 or Unix milliseconds) as the local time of day. */
export function timeOfDay(wall: string | number, millis = false): string {
  const date = new Date(wall);
  if (Number.isNaN(date.getTime())) return String(wall);
  const text = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map((n) => String(n).padStart(2, '0'))
    .join(':');
  return millis ? `${text}.${String(date.getMilliseconds()).padStart(3, '0')}` : text;
}

/** How long ago, in one unit. */
export function ago(wall: string, now: number): string {
  const seconds = (now - Date.parse(wall)) / 1000;
  if (Number.isNaN(seconds)) return '';
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  if (seconds < 129_600) return `${Math.round(seconds / 3600)} h ago`;
  return `${Math.round(seconds / 86400)} days ago`;
}
