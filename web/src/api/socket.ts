// A socket that comes back: it takes a new ticket for each try and waits longer with each. What is said
// over it is its owner's matter, as is from where to go on.
import { api, ask, Refused } from './client';
import { backoff } from './backoff';
import { place } from './place';

export type Standing = 'connecting' | 'open' | 'lost' | 'refused' | 'closed';

export interface Plan {
  /** The path below the page, with its query, without the ticket; asked anew for each try. */
  path: () => string;
  opened?: () => void;
  text?: (data: string) => void;
  bytes?: (data: Uint8Array) => void;
  standing: (standing: Standing, why: string) => void;
}

let retired = false;

/** From now on what is lost stays lost: the session is over, and its server goes. */
export function retire() {
  retired = true;
}

export class Socket {
  #plan: Plan;
  #socket: WebSocket | null = null;
  #tries = 0;
  /** Goes up with each try and with the end: whatever an older one still waits for or hears is nobody's. */
  #turn = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #online = () => this.#again(0);

  constructor(plan: Plan) {
    this.#plan = plan;
    window.addEventListener('online', this.#online);
    void this.#open();
  }

  /** Sends, if there is a connection; says whether there was. */
  send(data: string | Uint8Array<ArrayBuffer>): boolean {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(data);
    return true;
  }

  /** Ends it for good. */
  close() {
    this.#leave();
    window.removeEventListener('online', this.#online);
    this.#plan.standing('closed', '');
  }

  /** Gives up the try that there is, in whatever state. */
  #leave() {
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#socket = null;
  }

  async #open() {
    this.#leave();
    const turn = this.#turn;
    const mine = () => turn === this.#turn;
    this.#plan.standing('connecting', '');
    let ticket: string;
    try {
      ticket = (await ask(api.POST('/api/ticket'))).ticket;
    } catch (error) {
      if (mine()) this.#refused(error);
      return;
    }
    if (!mine()) return;
    const path = this.#plan.path();
    const join = path.includes('?') ? '&' : '?';
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}${place}${path}${join}ticket=${ticket}`);
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    socket.onopen = () => {
      if (!mine()) return;
      this.#tries = 0;
      this.#plan.opened?.();
      this.#plan.standing('open', '');
    };
    socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (!mine()) return;
      if (typeof data === 'string') this.#plan.text?.(data);
      else this.#plan.bytes?.(new Uint8Array(data));
    };
    // What fails is closed as well, so an error needs no word of its own.
    socket.onclose = () => {
      if (mine()) this.#lost();
    };
  }

  #refused(error: unknown) {
    const final = error instanceof Refused && (error.status === 401 || error.status === 403);
    if (final) this.#plan.standing('refused', error.message);
    else this.#lost();
  }

  #lost() {
    if (retired) {
      this.close();
      return;
    }
    this.#plan.standing('lost', 'The connection is lost; trying again.');
    this.#again(backoff(this.#tries++, Math.random()));
  }

  #again(after: number) {
    if (this.#socket && this.#socket.readyState <= WebSocket.OPEN) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#open(), after);
  }
}
