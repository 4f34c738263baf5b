// The lines of a log that a page holds: one stretch of it, oldest first, without a hole. Pure.
import type { Schemas } from '../api/client';

/** Its lines, whether there are more before them, and the cursor behind which it goes on. */
export type Stretch = Schemas['LogLines'];

/** The cursor of one of its lines in the order in which they came. They stand by time, which differs a little. */
function cursor(lines: Stretch['lines'], index: number): number | undefined {
  return lines
    .map((line) => line.cursor)
    .sort((one, other) => one - other)
    .at(index);
}

/** Of its lines the one that came first: older lines are before it. */
export function first(held: Stretch): number | undefined {
  return cursor(held.lines, 0);
}

/** With what came after it. Of more than `most` lines the oldest go: they can be asked for again. */
export function withNewer(held: Stretch, found: Stretch, most: number): Stretch {
  const lines = [...held.lines, ...found.lines];
  const least = cursor(lines, -most) ?? 0;
  const kept = lines.filter((line) => line.cursor >= least);
  return { lines: kept, more: held.more || kept.length < lines.length, next: found.next };
}

/** With what came before it. Of more than `most` lines the newest go, and the stretch goes on behind the last. */
export function withOlder(held: Stretch, found: Stretch, most: number): Stretch {
  const lines = [...found.lines, ...held.lines];
  if (lines.length <= most) return { lines, more: found.more, next: held.next };
  const next = cursor(lines, most - 1) ?? held.next;
  return { lines: lines.filter((line) => line.cursor <= next), more: found.more, next };
}
