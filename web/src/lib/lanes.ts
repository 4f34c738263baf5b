// The timeline as points in lanes: one lane an effect, time on one axis. Pure.

export const EFFECTS = ['look', 'act', 'say', 'think', 'truth'] as const;
export type EffectName = (typeof EFFECTS)[number];

export interface Happened {
  seq: number;
  at_s: number;
  effect: EffectName;
}

/** Columns for uPlot: times, then for each lane its height where something happened. Points that fall on
 * the same spot of a lane are moved apart within it. */
export function columns(events: Happened[], span: number): (number | null)[][] {
  const near = span / 160;
  const lastAt = new Map<string, { at: number; row: number }>();
  const times: number[] = [];
  const lanes: (number | null)[][] = EFFECTS.map(() => []);
  for (const event of events) {
    const before = lastAt.get(event.effect);
    const row = before && event.at_s - before.at < near ? (before.row + 1) % 5 : 0;
    lastAt.set(event.effect, { at: event.at_s, row });
    times.push(event.at_s);
    EFFECTS.forEach((effect, index) =>
      lanes[index]?.push(effect === event.effect ? height(index, row) : null),
    );
  }
  return [times, ...lanes];
}

/** The lane's middle is a whole number, the first lane on top. */
export function height(lane: number, row: number): number {
  const offsets = [0, 0.16, -0.16, 0.3, -0.3];
  return EFFECTS.length - 1 - lane + (offsets[row] ?? 0);
}

/** The event whose point is nearest to a place on the chart, or none within reach. */
export function nearest(events: Happened[], at: number, lane: number, reach: number): Happened | null {
  let best: Happened | null = null;
  for (const event of events) {
    if (event.effect !== EFFECTS[lane]) continue;
    const far = Math.abs(event.at_s - at);
    if (far <= reach && (!best || far < Math.abs(best.at_s - at))) best = event;
  }
  return best;
}
