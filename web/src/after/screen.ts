// A recorded terminal drawn by xterm.js at any moment of the session. It takes no key and answers nothing:
// what it is given went through lib/printed.ts.
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import type { Cast, Frame } from '../lib/cast';
import { ADVANCE, colours, FONT } from '../parts/colours';
import { token } from '../state/theme.svelte';

export class Screen {
  readonly terminal: Terminal;
  /** Frames that are drawn. */
  #drawn = 0;
  #place: HTMLElement;

  constructor(
    private cast: Cast,
    place: HTMLElement,
  ) {
    this.#place = place;
    this.terminal = new Terminal({
      cols: cast.columns,
      rows: cast.rows,
      fontFamily: token('mono'),
      fontSize: FONT,
      lineHeight: 1.15,
      scrollback: 2000,
      cursorBlink: false,
      disableStdin: true,
      allowProposedApi: false,
      // The text of the recording is the only thing that it may show.
      linkHandler: { activate: () => undefined, allowNonHttpProtocols: false },
      theme: colours(),
    });
    this.terminal.open(place);
    this.terminal.textarea?.setAttribute('aria-label', `${cast.terminal}, replay`);
    this.terminal.textarea?.setAttribute('tabindex', '-1');
    this.fit();
  }

  /** Draws the screen as it stood at this moment: on from where it is, or all anew when it lies before. */
  show(at_s: number) {
    const wanted = this.cast.upTo(at_s);
    if (wanted < this.#drawn) {
      this.terminal.reset();
      this.terminal.resize(this.cast.columns, this.cast.rows);
      this.#drawn = 0;
    }
    let text = '';
    for (const frame of this.cast.frames.slice(this.#drawn, wanted)) text = this.#take(frame, text);
    this.terminal.write(text);
    this.#drawn = wanted;
  }

  /** The recorded columns in the width that there is. */
  fit() {
    const room = this.#place.clientWidth - 16;
    const size = Math.floor((room / this.terminal.cols / ADVANCE) * 2) / 2;
    if (room > 0) this.terminal.options.fontSize = Math.min(FONT, Math.max(6, size));
  }

  recolour() {
    this.terminal.options.theme = colours();
  }

  dispose() {
    this.terminal.dispose();
  }

  /** Gathers what is printed; a size comes between what was printed before and after it. */
  #take(frame: Frame, text: string): string {
    if ('print' in frame) return text + frame.print;
    if ('mark' in frame) return `${text}\r\n\x1b[2m[${frame.mark}]\x1b[0m\r\n`;
    this.terminal.write(text, () => {
      this.terminal.resize(frame.columns, frame.rows);
      this.fit();
    });
    return '';
  }
}
