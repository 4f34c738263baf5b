// A terminal of xterm.js on the socket of one of the candidate's shells. A reload, a lost connection or a
// second page lose nothing: the server keeps the output, and this asks for what it has not yet had. What is
// typed meanwhile is kept here.
import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon } from '@xterm/addon-search';
import { WebLinksAddon } from '@xterm/addon-web-links';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import type { Schemas } from '../api/client';
import { Socket } from '../api/socket';
import type { Standing } from '../api/socket';
import { token } from '../state/theme.svelte';
import { Backlog, note } from './backlog';
import { ADVANCE, colours, FONT } from './colours';
import { inPieces } from './pieces';

export interface Told {
  standing: (standing: Standing) => void;
  closed: (exit: number | null) => void;
}

/** What the shell hears: nothing, and what is typed is kept; a replay, whose questions were answered long ago; or what
 * is typed. */
type Hearing = 'away' | 'replay' | 'live';

/** Bytes that may be typed while there is no connection: more than a person types until they see it. */
const AHEAD = 4096;

export class Shell {
  readonly terminal: Terminal;
  readonly search = new SearchAddon();
  #fit = new FitAddon();
  #backlog: Backlog;
  #socket: Socket | null = null;
  /** Bytes of the shell's output that have been taken. */
  #at = 0;
  /** Up to this byte the output is a replay. */
  #replayed = 0;
  #hearing: Hearing = 'away';
  /** What was typed while it was away. */
  #ahead: Uint8Array<ArrayBuffer>[] = [];
  #over = false;

  constructor(
    readonly name: string,
    readonly readOnly: boolean,
    private told: Told,
  ) {
    this.terminal = new Terminal({
      fontFamily: token('mono'),
      fontSize: FONT,
      lineHeight: 1.15,
      scrollback: 10_000,
      // One that blinks has the page styled anew sixty times a second: a tenth of a core for a terminal at rest.
      cursorBlink: false,
      disableStdin: readOnly,
      screenReaderMode: false,
      allowProposedApi: false,
      theme: colours(),
    });
    this.#backlog = new Backlog(this.terminal, () => this.#drew());
    this.terminal.loadAddon(this.#fit);
    this.terminal.loadAddon(this.search);
    this.terminal.loadAddon(new WebLinksAddon(() => undefined));
  }

  /** Puts it into the page and connects. */
  open(place: HTMLElement) {
    this.terminal.open(place);
    this.terminal.textarea?.setAttribute('aria-label', `${this.name}, ${this.readOnly ? 'mirror' : 'shell'}`);
    if (!this.readOnly) {
      const utf8 = new TextEncoder();
      this.terminal.onData((data) => this.#type(utf8.encode(data)));
      this.terminal.onBinary((data) => this.#type(Uint8Array.from(data, (char) => char.charCodeAt(0))));
      this.terminal.onResize(({ cols, rows }) => this.#tell({ resize: { columns: cols, rows } }));
      this.fit();
    }
    this.#socket = new Socket({
      path: () => `/ws/terminal/${encodeURIComponent(this.name)}?from=${this.#at}`,
      opened: () => {
        const { cols, rows } = this.terminal;
        if (!this.readOnly) this.#tell({ resize: { columns: cols, rows } });
      },
      text: (data) => this.#heard(JSON.parse(data) as Schemas['FromServer']),
      bytes: (data) => this.#printed(data),
      standing: (standing) => {
        if (standing !== 'open') this.#hearing = 'away';
        if (!this.#over) this.told.standing(standing);
      },
    });
  }

  /** Takes the size of its place; a mirror keeps the candidate's columns and takes a smaller font instead. */
  fit() {
    if (!this.readOnly) {
      this.#fit.fit();
      return;
    }
    const room = (this.terminal.element?.parentElement?.clientWidth ?? 0) - 20;
    const size = Math.floor((room / this.terminal.cols / ADVANCE) * 2) / 2;
    if (room > 0) this.terminal.options.fontSize = Math.min(FONT, Math.max(7, size));
  }

  #mirror(columns: number, rows: number) {
    if (!this.readOnly) return;
    this.terminal.resize(columns, rows);
    this.fit();
  }

  recolour() {
    this.terminal.options.theme = colours();
  }

  dispose() {
    this.#over = true;
    this.#socket?.close();
    this.#backlog.stop();
    this.terminal.dispose();
  }

  #type(bytes: Uint8Array<ArrayBuffer>) {
    if (this.#hearing === 'replay') return;
    const left = inPieces(bytes, (piece) => this.#hearing === 'live' && !!this.#socket?.send(piece));
    if (left.length === 0) return;
    const waiting = this.#ahead.reduce((sum, each) => sum + each.length, 0);
    if (waiting + left.length <= AHEAD) this.#ahead.push(left);
  }

  #caughtUp() {
    this.#hearing = 'live';
    for (const bytes of this.#ahead.splice(0)) this.#type(bytes);
  }

  #tell(message: Schemas['FromPage']) {
    this.#socket?.send(JSON.stringify(message));
  }

  #heard(message: Schemas['FromServer']) {
    if ('attached' in message) {
      const { from, to, columns, rows } = message.attached;
      if (from > this.#at) this.#note(`${from - this.#at} bytes before this are no longer kept`);
      this.#at = from;
      this.#replayed = to;
      if (from < to) this.#hearing = 'replay';
      else this.#caughtUp();
      this.#mirror(columns, rows);
    } else if ('size' in message) {
      this.#mirror(message.size.columns, message.size.rows);
    } else if ('lost' in message) {
      this.#at += message.lost.bytes;
      this.#note(`${message.lost.bytes} bytes were too fast for this page; the recording has them`);
    } else {
      this.#note('the shell has ended');
      this.#over = true;
      this.#socket?.close();
      this.told.closed(message.closed.exit ?? null);
    }
  }

  #printed(bytes: Uint8Array) {
    this.#at += bytes.length;
    this.#backlog.add(bytes);
  }

  #drew() {
    const at = this.#at - this.#backlog.bytes;
    if (this.#hearing === 'replay' && at >= this.#replayed) this.#caughtUp();
  }

  #note(text: string) {
    this.#backlog.add(note(text));
  }
}
