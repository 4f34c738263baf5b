// What the server says of the session, kept current by the live socket. It decides nothing: it holds
// what came, in order and once.
import { api, ask, Refused } from '../api/client';
import type {
  Board,
  ChannelMessage,
  Debrief,
  Hypothesis,
  Live,
  Me,
  Note,
  Page,
  Rating,
  TerminalInfo,
  TimelineEvent,
} from '../api/client';
import { retire, Socket } from '../api/socket';
import type { Standing } from '../api/socket';
import { problem } from './toasts.svelte';

class Session {
  me: Me | null = $state(null);
  page: Page | null = $state(null);
  channel: ChannelMessage[] = $state([]);
  terminals: TerminalInfo[] = $state([]);
  hypotheses: Hypothesis[] = $state([]);
  // These only change as a whole, so their insides need no watching.
  events: TimelineEvent[] = $state.raw([]);
  board: Board | null = $state.raw(null);
  notes: Note[] = $state([]);
  ratings: Rating[] = $state([]);
  debrief: Debrief | null = $state.raw(null);
  connection: Standing = $state('connecting');
  /** Why nothing can be shown: signed out, or no server. */
  refused: Refused | null = $state(null);
  /** Milliseconds that the session's clock is ahead of the browser's own. */
  zero = 0;
}

export const session = new Session();

/** The time of the session, moving on each quarter of a second. */
export const tick = $state({ now_s: 0, wall: Date.now() });

let live: Socket | null = null;
let waiting: TimelineEvent[] = [];

/** Asks who one is and begins to listen. */
export async function begin() {
  try {
    // Nothing more: asking for what went out or for the briefing is reading it, and they may stand at another view.
    take({ me: await ask(api.GET('/api/me')) });
  } catch (error) {
    session.refused = error instanceof Refused ? error : new Refused(0, String(error), '');
    return;
  }
  live = new Socket({
    path: () => `/ws/live?from=${from()}`,
    text: (data) => take(JSON.parse(data) as Live),
    standing: (standing, why) => {
      session.connection = standing;
      if (standing === 'refused') session.refused = new Refused(401, 'You are signed out here', why);
    },
  });
  setInterval(move, 250);
}

/** Stops listening; what came stays. */
export function end() {
  live?.close();
}

function from(): number {
  const newest = waiting.at(-1) ?? session.events.at(-1);
  return newest ? newest.seq + 1 : 0;
}

function move() {
  tick.now_s = (performance.now() + session.zero) / 1000;
  tick.wall = Date.now();
}

function take(message: Live) {
  if ('me' in message) {
    session.me = message.me;
    if (message.me.closed) retire();
    session.zero = message.me.now_s * 1000 - performance.now();
    move();
  } else if ('page' in message) session.page = message.page;
  else if ('message' in message) said(message.message);
  else if ('terminals' in message) session.terminals = message.terminals;
  else if ('hypotheses' in message) session.hypotheses = message.hypotheses;
  else if ('event' in message) happened(message.event);
  else if ('board' in message) session.board = message.board;
  else if ('notes' in message) session.notes = message.notes;
  else if ('ratings' in message) session.ratings = message.ratings;
  else if ('debrief' in message) session.debrief = message.debrief;
}

function said(message: ChannelMessage) {
  const known = session.channel.some((each) => each.seq === message.seq && each.kind === message.kind);
  if (!known) session.channel.push(message);
}

/** Gathers what comes within one frame: a flood of events is one change of the page. */
function happened(event: TimelineEvent) {
  const newest = waiting.at(-1) ?? session.events.at(-1);
  if (newest && event.seq <= newest.seq) return;
  waiting.push(event);
  if (waiting.length > 1) return;
  setTimeout(() => {
    session.events = [...session.events, ...waiting];
    waiting = [];
  }, 30);
}

/** Does something at the server and shows why not where it was refused; says whether it worked. */
export async function carry<T>(request: Promise<T>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    problem(error);
    return false;
  }
}

/** Whether the incident is running, so that looking and acting are possible. */
export function running(me: Me | null): boolean {
  return me !== null && !me.ended && ['paged', 'live', 'mitigated'].includes(me.phase);
}
