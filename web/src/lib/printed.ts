// What a terminal printed, made fit to be shown again to somebody else: colours and cursor movements stay,
// everything that speaks to more than the screen goes (titles, links, clipboard, device strings, questions).
// Pure. It keeps its place between pieces, since a sequence may be cut in two.

type Place = 'text' | 'escape' | 'control' | 'string' | 'string-escape' | 'charset';

/** The longest control sequence that is let through; one without an end must not swallow the rest. */
const LONGEST = 64;
const ESC = '\x1b';
const BEL = '\x07';

/** Final bytes of control sequences that draw: cursor, erase, insert, delete, scroll, colours, modes. */
const DRAWS = new Set('@ABCDEFGHIJKLMPSTXZ`abdefghlmrsu');
/** Modes that concern the screen alone: cursor keys, wrap, cursor, alternate screens, pasting. */
const MODES = new Set(['1', '6', '7', '12', '25', '47', '1047', '1048', '1049', '2004']);

export class Printed {
  #place: Place = 'text';
  #held = '';

  /** The next piece of output, as far as it may be shown. */
  take(piece: string): string {
    let out = '';
    for (const char of piece) out += this.#next(char);
    return out;
  }

  #next(char: string): string {
    switch (this.#place) {
      case 'text':
        return this.#text(char);
      case 'escape':
        return this.#escape(char);
      case 'control':
        return this.#control(char);
      case 'charset':
        this.#place = 'text';
        return `${this.#held}${char}`;
      case 'string':
        if (char === BEL || char === '\x9c' || char === '\x18' || char === '\x1a') this.#place = 'text';
        else if (char === ESC) this.#place = 'string-escape';
        return '';
      case 'string-escape':
        if (char === '\\') this.#place = 'text';
        else if (char === ESC) this.#place = 'string-escape';
        else return this.#escape(char);
        return '';
    }
  }

  #text(char: string): string {
    if (char === ESC) this.#place = 'escape';
    // The eight-bit forms of the introducers.
    else if (char === '\x9b') return this.#begin(`${ESC}[`);
    else if ('\x90\x98\x9d\x9e\x9f'.includes(char)) this.#place = 'string';
    else if (char >= '\x80' && char <= '\x9f') return '';
    else if (char < ' ' && !'\b\t\n\v\f\r\x0e\x0f'.includes(char)) return '';
    else return char;
    return '';
  }

  #begin(introducer: string): string {
    this.#place = 'control';
    this.#held = introducer;
    return '';
  }

  #escape(char: string): string {
    this.#place = 'text';
    if (char === '[') return this.#begin(`${ESC}[`);
    if (']PX^_'.includes(char)) this.#place = 'string';
    else if (char === ESC) this.#place = 'escape';
    else if ('()*+'.includes(char)) {
      this.#place = 'charset';
      this.#held = `${ESC}${char}`;
    } else if ('78DEMHc=>'.includes(char)) return `${ESC}${char}`;
    return '';
  }

  #control(char: string): string {
    if (char === ESC) {
      this.#place = 'escape';
      return '';
    }
    if (char >= '@' && char <= '~') {
      this.#place = 'text';
      return allowed(this.#held, char) ? this.#held + char : '';
    }
    if (char < ' ' || char > '?' || this.#held.length >= LONGEST) this.#place = 'text';
    else this.#held += char;
    return '';
  }
}

function allowed(held: string, final: string): boolean {
  const inner = held.slice(2);
  if (!DRAWS.has(final)) return false;
  if (final === 'h' || final === 'l') {
    const modes = inner.replace(/^\?/, '').split(';');
    return inner.startsWith('?')
      ? modes.every((mode) => MODES.has(mode))
      : modes.every((mode) => mode === '4');
  }
  // A private form of another sequence asks or sets what is no matter of the screen.
  return /^[\d;:]*$/.test(inner);
}
