// Brings what a replay is made of from the server, piece by piece and within bounds. It draws nothing.
import { api, ask } from '../api/client';
import type { Schemas, TimelineEvent } from '../api/client';
import { Cast } from '../lib/cast';

/** Bytes of one recording that a page takes (24 MiB); a longer one breaks off and says so. */
const MOST = 24 << 20;
/** Samples of health come each second, and ends of programs say nothing new. */
const QUIET = ['health', 'program-ended', 'program-ran', 'debrief-written', 'terminal-resized'];

/** What is printed is recorded at most so long after its line has ended (seconds). */
export const BEHIND_S = 0.3;

export interface Record {
  events: TimelineEvent[];
  casts: Cast[];
  kept: Schemas['ReplayPanels'];
  /** What of the recordings is not here, in words. */
  missing: string | null;
}

/** All events up to the end of the incident that a person wants to see. */
async function events(until_s: number): Promise<TimelineEvent[]> {
  const all: TimelineEvent[] = [];
  for (let from = 0; ;) {
    const part = await ask(api.GET('/api/timeline', { params: { query: { from } } }));
    if (part.events.length === 0) break;
    all.push(...part.events);
    from = part.next;
  }
  const ended = new Set(all.filter((event) => event.kind === 'line-ended').map(line));
  const shown = all.filter(
    (event) =>
      event.at_s <= until_s &&
      !QUIET.includes(event.kind) &&
      // A line that ended says all that its start said.
      !(event.kind === 'line-started' && ended.has(line(event))),
  );
  return shown.map((event) => ({ ...event, at_s: settled(event, until_s) })).sort((a, b) => a.at_s - b.at_s);
}

/** When what an event is about is on the screen: the shell tells of a line's end by a way of its own, a
 * moment before the last of its output arrives. */
function settled(event: TimelineEvent, until_s: number): number {
  return event.kind === 'line-ended' ? Math.min(until_s, event.at_s + BEHIND_S) : event.at_s;
}

/** Which command line an event is about. */
function line(event: TimelineEvent): string {
  const { terminal, line_id } = event.data as { terminal?: unknown; line_id?: unknown };
  return `${String(terminal)} ${String(line_id)}`;
}

/** One recording; says whether all of it is here. */
async function recording(info: Schemas['RecordingInfo']): Promise<{ cast: Cast; whole: boolean }> {
  const { terminal, opened_s, columns, rows } = info;
  const cast = new Cast(terminal, opened_s, columns, rows);
  let from: number | null | undefined = 0;
  while (from != null && from < MOST) {
    const path = { terminal };
    const piece: Schemas['RecordingPiece'] = await ask(
      api.GET('/api/report/recordings/{terminal}', { params: { path, query: { from } } }),
    );
    cast.add(piece.frames);
    from = piece.next;
  }
  return { cast, whole: from == null };
}

/** The whole record of an incident that ended at `until_s`. */
export async function load(until_s: number): Promise<Record> {
  const infos = await ask(api.GET('/api/report/recordings'));
  const [happened, kept, ...all] = await Promise.all([
    events(until_s),
    ask(api.GET('/api/report/panels')),
    ...infos.filter((info) => info.bytes > 0).map(recording),
  ]);
  const cut = all.filter(({ whole }) => !whole).map(({ cast }) => cast.terminal);
  const missing = cut.length
    ? `${cut.join(', ')}: only the first 24 MiB are replayed; the file in the session's folder has all.`
    : null;
  return { events: happened, casts: all.map(({ cast }) => cast), kept, missing };
}
