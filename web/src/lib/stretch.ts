// The lines of a log that a page holds: one stretch of it, oldest first, without a hole. Pure.
import type { Schemas } from '../api/client';

/** Its lines, whether there are more before them, and the cursor behind which it goes on. */
export type Stretch = Schemas['LogLines'];

/** With what came after it. Of more than `most` lines the oldest go: they can be asked for again. */
export function withNewer(held: Stretch, found: Stretch, most: number): Stretch {
  const lines = [...held.lines, ...found.lines];
  return { lines: lines.slice(-most), more: held.more || lines.length > most, next: found.next };
}

/** With what came before it. Of more than `most` lines the newest go, and the stretch goes on behind the last. */
export function withOlder(held: Stretch, found: Stretch, most: number): Stretch {
  const lines = [...found.lines, ...held.lines].slice(0, most);
  const last = held.lines.at(-1);
  const isWhole = lines.at(-1)?.cursor === last?.cursor;
  return { lines, more: found.more, next: isWhole ? held.next : (lines.at(-1)?.cursor ?? held.next) };
}
