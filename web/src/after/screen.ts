// A recorded terminal drawn by xterm.js at any moment of the session. It takes no key and answers nothing:
// what it is given went through lib/printed.ts.
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import type { Cast } from '../lib/cast';
import { ADVANCE, colours, FONT } from '../parts/colours';
import { token } from '../state/theme.svelte';
import { Drawing } from './drawing';

export class Screen {
  readonly terminal: Terminal;
  #drawing: Drawing;
  #place: HTMLElement;

  constructor(cast: Cast, place: HTMLElement) {
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
    this.#drawing = new Drawing(cast, this.terminal, () => this.fit());
    this.terminal.open(place);
    this.terminal.textarea?.setAttribute('aria-label', `${cast.terminal}, replay`);
    this.terminal.textarea?.setAttribute('tabindex', '-1');
    this.fit();
  }

  /** Draws the screen as it stood at this moment. */
  show(at_s: number) {
    this.#drawing.show(at_s);
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
    this.#drawing.stop();
    this.terminal.dispose();
  }
}
