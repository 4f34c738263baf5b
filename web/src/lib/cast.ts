// A terminal's recording as a replay needs it: frames in order of time, each already made fit to be shown.
// Pure.
import { Printed } from './printed';

export interface RawFrame {
  at_s: number;
  what: 'printed' | 'resized' | 'marked';
  text: string;
}

export type Frame =
  | { at_s: number; print: string }
  | { at_s: number; columns: number; rows: number }
  | { at_s: number; mark: string };

export class Cast {
  readonly frames: Frame[] = [];
  #printed = new Printed();

  constructor(
    readonly terminal: string,
    readonly opened_s: number,
    readonly columns: number,
    readonly rows: number,
  ) {}

  /** Adds the next frames of the recording. */
  add(raw: RawFrame[]) {
    for (const frame of raw) {
      const made = this.#read(frame);
      if (made) this.frames.push(made);
    }
  }

  /** How many frames there are up to and with this moment. */
  upTo(at_s: number): number {
    let [low, high] = [0, this.frames.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.frames[middle]?.at_s ?? 0) <= at_s) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** When something last happened here before this moment; nothing before it was opened. */
  lastBefore(at_s: number): number | null {
    if (at_s < this.opened_s) return null;
    return this.frames[this.upTo(at_s) - 1]?.at_s ?? this.opened_s;
  }

  #read({ at_s, what, text }: RawFrame): Frame | null {
    if (what === 'printed') return { at_s, print: this.#printed.take(text) };
    if (what === 'marked') return { at_s, mark: new Printed().take(text).replaceAll('\x1b', '') };
    const size = /^(\d{1,3})x(\d{1,3})$/.exec(text);
    if (!size) return null;
    const [columns, rows] = [Number(size[1]), Number(size[2])];
    return columns > 0 && rows > 0 ? { at_s, columns, rows } : null;
  }
}

/** The terminal in which something last happened. */
export function busiest(casts: Cast[], at_s: number): Cast | null {
  let best: { cast: Cast; at: number } | null = null;
  for (const cast of casts) {
    const at = cast.lastBefore(at_s);
    if (at !== null && (!best || at > best.at)) best = { cast, at };
  }
  return best?.cast ?? casts[0] ?? null;
}
