// How the page asks the server: typed by the server's own description. It shows nothing; a failed
// request becomes a `Refused` whose words a person can read.
import createClient from 'openapi-fetch';
import { drawn } from '../lib/drawn';
import { patiently } from './patient';
import { place } from './place';
import type { components, paths } from './schema';

/** The server's types by name. */
export type Schemas = components['schemas'];
export type Me = Schemas['Me'];
export type Page = Schemas['Page'];
export type ChannelMessage = Schemas['ChannelMessage'];
export type TerminalInfo = Schemas['TerminalInfo'];
export type Hypothesis = Schemas['Hypothesis'];
export type Attachment = Schemas['Attachment'];
export type TimelineEvent = Schemas['TimelineEvent'];
export type Board = Schemas['Board'];
export type Note = Schemas['Note'];
export type Rating = Schemas['Rating'];
export type Debrief = Schemas['Debrief'];
export type Effect = Schemas['Effect'];
export type PanelData = Schemas['PanelData'];
export type Live = Schemas['Live'];

/** Sent again where the browser calls it off. What changes something bears a key, by which the server carries it out
 * once and answers the second time as it did the first. */
export function patient(request: Request): Promise<Response> {
  if (request.method !== 'GET') request.headers.set('Idempotency-Key', drawn());
  return patiently(
    // A body can be sent once.
    () => fetch(request.clone()),
    () => !request.signal.aborted,
  );
}

export const api = createClient<paths>({ baseUrl: place, fetch: patient });

/** A request that was not carried out, in words for the person. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
  ) {
    super(detail ? `${title}: ${detail}` : title);
  }
}

type Result<T> = { data?: T; error?: unknown; response: Response };

/** The answer's body, or a `Refused`. */
export async function ask<T>(request: Promise<Result<T>>): Promise<T> {
  let result: Result<T>;
  try {
    result = await request;
  } catch (cause) {
    // A request that was called off is not a failure of the server's.
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new Refused(0, 'the server does not answer', 'The session may be over, or the connection is gone.');
  }
  if (!result.response.ok) throw refusal(result.response.status, result.error);
  return result.data as T;
}

function refusal(status: number, body: unknown): Refused {
  if (typeof body === 'object' && body !== null && 'title' in body) {
    const { title, detail } = body as { title?: unknown; detail?: unknown };
    return new Refused(status, String(title), detail ? String(detail) : '');
  }
  return new Refused(status, `the server answered ${status}`, 'Load the page again.');
}

/** What an error says to a person. */
export function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
