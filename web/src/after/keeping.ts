// How one part of the debrief is kept: a moment after the last key, one save at a time and then the newest text, so that
// an older one never lands after a newer. It knows no server and draws nothing.

/** After so long without a key, what stands there is kept (milliseconds). */
const PAUSE = 700;
/** What could not be kept is tried again after so long. */
const AGAIN = 5 * PAUSE;

export type Standing = 'kept' | 'writing' | 'failed';

export class Keeping {
  #text = '';
  /** Whether the text is neither confirmed nor on its way. */
  #unsaved = false;
  #going: Promise<boolean> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #over = false;

  constructor(
    private save: (text: string) => Promise<unknown>,
    private told: (standing: Standing, why?: unknown) => void,
  ) {}

  /** Takes what stands there now. */
  typed(text: string) {
    this.#text = text;
    this.#unsaved = true;
    this.told('writing');
    this.#later(PAUSE);
  }

  /** Saves what is not confirmed without waiting for a pause, and waits for it; says whether all of it is kept. */
  now(): Promise<boolean> {
    clearTimeout(this.#timer);
    this.#going ??= this.#keep().finally(() => (this.#going = null));
    return this.#going;
  }

  /** Nobody writes here any more: nothing is begun by itself. */
  stop() {
    this.#over = true;
    clearTimeout(this.#timer);
  }

  async #keep(): Promise<boolean> {
    while (this.#unsaved) {
      this.#unsaved = false;
      try {
        await this.save(this.#text);
      } catch (error) {
        this.#unsaved = true;
        this.told('failed', error);
        this.#later(AGAIN);
        return false;
      }
      if (!this.#unsaved) this.told('kept');
    }
    return true;
  }

  #later(after: number) {
    clearTimeout(this.#timer);
    if (!this.#over) this.#timer = setTimeout(() => void this.now(), after);
  }
}
