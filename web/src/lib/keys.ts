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

const TEXTS = 'input, textarea, select, .xterm, .cm-editor, [contenteditable]';

/** What was pressed; null where it is the browser's, as Command with Option is. */
export function keyOf(event: KeyboardEvent): Key | null {
  const { key, code, ctrlKey, metaKey, altKey } = event;
  if (metaKey && altKey) return null;
  const typing = (event.target as Element).closest(TEXTS) !== null;
  return { key, code, ctrl: ctrlKey || metaKey, alt: altKey, typing };
}

/** Follows the keys in order; `g` waits a second for its letter. */
export class Keys {
  #g = -Infinity;

  constructor(private mac: boolean) {}

  press({ key, code, ctrl, alt, typing }: Key, now: number): Wish {
    if (ctrl && !alt && key.toLowerCase() === 'k' && !typing) return 'palette';
    if (alt && this.#isShortcut(ctrl, typing)) {
      const digit = /^Digit(\d)$/.exec(code);
      if (digit) return { view: (Number(digit[1]) + 9) % 10 };
      if (this.#is('k', 'KeyK', key, code)) return 'palette';
      if (this.#is('\\', 'Backslash', key, code)) return 'split';
    }
    if (typing || ctrl || alt) return null;
    const waited = now - this.#g < 1000;
    this.#g = key === 'g' && !waited ? now : -Infinity;
    return waited && /^[a-z]$/.test(key) ? { letter: key } : null;
  }

  /** On a Mac Alt is Option, which types: `{` is Option-8 on a German keyboard. While one types, a shortcut takes Ctrl
   * as well, with which Option types nothing. Elsewhere it is Ctrl and Alt together that type, as AltGr. */
  #isShortcut(ctrl: boolean, typing: boolean): boolean {
    return this.mac ? ctrl || !typing : !ctrl;
  }

  /** Option makes another character of a key, so on a Mac its place counts as well. */
  #is(letter: string, place: string, key: string, code: string): boolean {
    return key.toLowerCase() === letter || (this.mac && code === place);
  }
}
