// Keys that the whole page listens to: `g` and a letter, Alt and a digit, Ctrl-K. Pure: it does nothing itself.

export type Wish = { view: number } | { letter: string } | 'palette' | 'split' | null;

export interface Key {
  key: string;
  code: string;
  ctrl: boolean;
  alt: boolean;
  /** Whether the key goes into a text or a terminal. */
  typing: boolean;
}

/** Follows the keys in order; `g` waits a second for its letter. */
export class Keys {
  #g = -Infinity;

  press({ key, code, ctrl, alt, typing }: Key, now: number): Wish {
    if (ctrl && !alt && key.toLowerCase() === 'k' && !typing) return 'palette';
    if (alt && key.toLowerCase() === 'k') return 'palette';
    if (alt && key === '\\') return 'split';
    const digit = /^Digit(\d)$/.exec(code);
    if (alt && !ctrl && digit) return { view: (Number(digit[1]) + 9) % 10 };
    if (typing || ctrl || alt) return null;
    const waited = now - this.#g < 1000;
    this.#g = key === 'g' && !waited ? now : -Infinity;
    return waited && /^[a-z]$/.test(key) ? { letter: key } : null;
  }
}
