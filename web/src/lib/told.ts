// Which events a list shows, and when the clock stood still. Pure.

export interface Told {
  kind: string;
  at_s: number;
  data: Record<string, unknown>;
}

export interface Pause {
  from_s: number;
  /** None while the clock stands still. */
  until_s: number | null;
}

/** Samples of health come each second and ends of programs say nothing new; both are in the journal. */
const QUIET = ['health', 'program-ended'];

/** The events worth a line: a command line is one, running or ended. */
export function worthALine<T extends Told>(events: T[]): T[] {
  const line = (event: Told) => `${String(event.data['terminal'])} ${String(event.data['line_id'])}`;
  const ended = new Set(events.filter((event) => event.kind === 'line-ended').map(line));
  return events.filter(
    (event) => !QUIET.includes(event.kind) && !(event.kind === 'line-started' && ended.has(line(event))),
  );
}

/** When the interviewer had stopped the clock. */
export function pauses(events: Told[]): Pause[] {
  const found: Pause[] = [];
  for (const event of events) {
    const last = found.at(-1);
    const open = last !== undefined && last.until_s === null;
    if (event.kind === 'paused' && !open) found.push({ from_s: event.at_s, until_s: null });
    else if (event.kind === 'resumed' && open) last.until_s = event.at_s;
  }
  return found;
}
