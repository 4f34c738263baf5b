// What a terminal is still to draw, in order and within bounds: xterm.js takes whatever it is given and breaks at 50 MB.
// A browser's socket cannot be told to wait, and while it is closed nothing holds the shell back either. So of what comes
// faster than it is drawn the oldest is lost, and a note says how much. It knows no socket.

/** Bytes that wait (8 MiB). A terminal keeps ten thousand lines, so what is lost would mostly be out of reach. */
export const MOST = 8 << 20;
/** Bytes that the terminal has and has not drawn (512 KiB): enough that it never idles. */
export const AHEAD = 512 << 10;

/** The part of xterm.js's terminal that is needed here. */
export interface Draws {
  write(data: Uint8Array | string, drawn: () => void): void;
}

export class Backlog {
  #waiting: (Uint8Array | string)[] = [];
  /** Bytes that wait, that are with the terminal, and that were lost and are not told yet. */
  #kept = 0;
  #given = 0;
  #lost = 0;

  constructor(
    private terminal: Draws,
    /** Something more is drawn. */
    private drawn: () => void,
  ) {}

  /** Bytes of the shell's output that were added and are not drawn. */
  get bytes(): number {
    return this.#kept + this.#given + this.#lost;
  }

  /** Adds output, or a note of the page's own between it. */
  add(data: Uint8Array | string) {
    this.#waiting.push(data);
    this.#kept += size(data);
    while (this.#kept > MOST) this.#lost += this.#next().length;
    this.#draw();
  }

  /** Nothing more is drawn of what waits. */
  stop() {
    this.#waiting = [];
    this.#kept = 0;
    this.#lost = 0;
  }

  #draw() {
    while (this.#given < AHEAD) {
      if (this.#lost > 0) {
        const lost = this.#lost;
        this.#lost = 0;
        this.#give(note(`${lost} bytes were too fast for this page; the recording has them`), lost);
      } else if (this.#waiting.length > 0) {
        const { data, length } = this.#next();
        this.#give(data, length);
      } else return;
    }
  }

  #next(): { data: Uint8Array | string; length: number } {
    const data = this.#waiting.shift() ?? '';
    const length = size(data);
    this.#kept -= length;
    return { data, length };
  }

  #give(data: Uint8Array | string, length: number) {
    this.#given += length;
    this.terminal.write(data, () => {
      this.#given -= length;
      this.drawn();
      this.#draw();
    });
  }
}

/** Bytes of the shell's output; a note is none of it. */
function size(data: Uint8Array | string): number {
  return typeof data === 'string' ? 0 : data.length;
}

/** The page's own words in a terminal. */
export function note(text: string): string {
  return `\r\n\x1b[2m[${text}]\x1b[0m\r\n`;
}
