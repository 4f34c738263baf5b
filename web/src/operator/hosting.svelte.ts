// What the server says of its sessions, asked for again every two seconds while the page is seen. It
// decides nothing. Links are told once and kept by this page alone, until it is loaded again.
import createClient from 'openapi-fetch';
import { ask, patient, Refused } from '../api/client';
import type { Schemas } from '../api/client';
import type { paths } from '../api/schema';
import { problem } from '../state/toasts.svelte';

export type Hosted = Schemas['Hosted'];
export type Ended = Schemas['Ended'];
export type LabChoice = Schemas['LabChoice'];
export type Role = Schemas['Role'];

const EVERY_MS = 2000;

/** The operator's paths stand at the root, not below the page. An answer that was lost is asked for again: links are
 * told once. */
const api = createClient<paths>({ baseUrl: '', fetch: patient });

class Hosting {
  most = $state(0);
  running: Hosted[] = $state.raw([]);
  ended: Ended[] = $state.raw([]);
  left_out = $state(0);
  labs: LabChoice[] = $state.raw([]);
  /** By slot. */
  links: Record<string, Partial<Record<Role, string>>> = $state({});
  /** Whether the list has come at least once. */
  there = $state(false);
  /** The server did not answer the last time. */
  lost = $state(false);
  /** Why nothing can be shown. */
  refused: Refused | null = $state(null);
  /** When the list came and what time it is, on the browser's own clock, in milliseconds. */
  asked_ms = $state(0);
  now_ms = $state(0);
}

export const hosting = new Hosting();

/** Asks for the labs and the list, and begins to ask again. */
export async function begin() {
  await load();
  if (hosting.refused) return;
  try {
    hosting.labs = await ask(api.GET('/operator/api/labs'));
  } catch (error) {
    problem(error);
  }
  setInterval(() => (hosting.now_ms = performance.now()), 500);
  setInterval(() => {
    if (!document.hidden && !hosting.refused) void load();
  }, EVERY_MS);
  document.addEventListener('visibilitychange', () => void load());
}

async function load() {
  try {
    const list = await ask(api.GET('/operator/api/sessions'));
    Object.assign(hosting, list);
    hosting.asked_ms = hosting.now_ms = performance.now();
    hosting.there = true;
    hosting.lost = false;
  } catch (error) {
    const final = error instanceof Refused && error.status === 401;
    if (final || !hosting.there) hosting.refused = error instanceof Refused ? error : null;
    hosting.lost = true;
  }
}

/** Starts an interview; says whether it worked. */
export async function start(body: Schemas['NewInterview']): Promise<boolean> {
  return carried(async () => {
    const made = await ask(api.POST('/operator/api/sessions', { body }));
    hosting.links[made.slot] = { candidate: made.candidate_url, interviewer: made.interviewer_url };
  });
}

/** Makes a new link and takes the old one back. */
export async function renew(slot: string, role: Role) {
  const params = { path: { slot, role } };
  await carried(async () => {
    const made = await ask(api.POST('/operator/api/sessions/{slot}/links/{role}', { params }));
    hosting.links[slot] = { ...hosting.links[slot], [role]: made.url };
  });
}

/** Takes a link back. */
export async function revoke(slot: string, role: Role): Promise<boolean> {
  const params = { path: { slot, role } };
  return carried(async () => {
    await ask(api.DELETE('/operator/api/sessions/{slot}/links/{role}', { params }));
    delete hosting.links[slot]?.[role];
  });
}

/** Ends a session in order. */
export async function end(slot: string): Promise<boolean> {
  return carried(() => ask(api.POST('/operator/api/sessions/{slot}/end', { params: { path: { slot } } })));
}

async function carried(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    await load();
    return true;
  } catch (error) {
    problem(error);
    return false;
  }
}
