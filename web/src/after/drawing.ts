// Brings a recorded terminal to any moment: one piece is drawn at a time, and then the newest moment that is wanted
// counts. xterm.js cannot take back what it was given, so what lies before is begun anew when nothing is under way.
import type { Cast } from '../lib/cast';
import { note } from '../parts/backlog';

/** Characters of one piece (256 Ki): some hundredths of a second, after which another moment may be wanted. */
export const PIECE = 256 << 10;

/** The part of xterm.js's terminal that is needed here. */
export interface Draws {
  write(data: string, drawn: () => void): void;
  reset(): void;
  resize(columns: number, rows: number): void;
}

export class Drawing {
  /** Frames that are drawn, and those that shall be. */
  #drawn = 0;
  #wanted = 0;
  #busy = false;
  #over = false;

  constructor(
    private cast: Cast,
    private terminal: Draws,
    /** The terminal has another size. */
    private resized: () => void,
  ) {}

  /** Draws the screen as it stood at this moment: on from where it is, or all anew when it lies before. */
  show(at_s: number) {
    this.#wanted = this.cast.upTo(at_s);
    if (!this.#busy) this.#draw();
  }

  /** Draws nothing more. */
  stop() {
    this.#over = true;
  }

  #draw() {
    if (this.#wanted < this.#drawn) {
      this.terminal.reset();
      this.#resize(this.cast.columns, this.cast.rows);
      this.#drawn = 0;
    }
    if (this.#wanted === this.#drawn) return;
    const { text, size } = this.#piece();
    this.#busy = true;
    this.terminal.write(text, () => {
      this.#busy = false;
      if (this.#over) return;
      if (size) this.#resize(size.columns, size.rows);
      this.#draw();
    });
  }

  /** What is printed next, up to a size: that comes between what was printed before and after it. */
  #piece(): { text: string; size?: { columns: number; rows: number } } {
    let text = '';
    while (this.#drawn < this.#wanted && text.length < PIECE) {
      const frame = this.cast.frames[this.#drawn];
      this.#drawn += 1;
      if (!frame) continue;
      if ('columns' in frame) return { text, size: frame };
      text += 'print' in frame ? frame.print : note(frame.mark);
    }
    return { text };
  }

  #resize(columns: number, rows: number) {
    this.terminal.resize(columns, rows);
    this.resized();
  }
}
