// What of a dashboard was really looked at: how long each panel was at least half in view on a visible
// page, whether the pointer was on it, whether it was zoomed. Pure: time comes in; it sends nothing.

export interface Look {
  panel: number;
  visible_ms: number;
  hovered: boolean;
  zoomed: boolean;
}

interface Seen {
  /** It was in view and that was taken, in this visit. */
  taken: boolean;
  since: number | null;
  ms: number;
  hovered: boolean;
  zoomed: boolean;
}

/** In view for less than this is scrolled past, as the server has it too. */
const SCROLLED_PAST_MS = 300;

export class Looks {
  #panels = new Map<number, Seen>();
  #awake = true;

  /** A panel came into view, or left it. */
  view(panel: number, inView: boolean, now: number) {
    const seen = this.#of(panel);
    if (inView && seen.since === null) seen.since = now;
    if (!inView && seen.since !== null) {
      if (this.#awake) seen.ms += now - seen.since;
      seen.since = null;
    }
  }

  /** The whole page was hidden, or shown again. What is hidden does not count. */
  awake(awake: boolean, now: number) {
    if (awake === this.#awake) return;
    for (const seen of this.#panels.values()) {
      if (seen.since === null) continue;
      if (this.#awake) seen.ms += now - seen.since;
      seen.since = now;
    }
    this.#awake = awake;
  }

  hover(panel: number) {
    this.#of(panel).hovered = true;
  }

  zoom(panel: number) {
    this.#of(panel).zoomed = true;
  }

  /** The longest that a panel has been in view and was not yet taken. */
  longest(now: number): number {
    return Math.max(0, ...[...this.#panels.values()].map((seen) => this.#ms(seen, now)));
  }

  /** The longest that a panel of which nothing was taken in this visit has been in view. */
  fresh(now: number): number {
    const fresh = [...this.#panels.values()].filter((seen) => !seen.taken);
    return Math.max(0, ...fresh.map((seen) => this.#ms(seen, now)));
  }

  /** Another visit begins: every panel is fresh. */
  renew() {
    for (const seen of this.#panels.values()) seen.taken = false;
  }

  /** Takes what has gathered; the next one begins from here. */
  take(now: number): Look[] {
    const looks: Look[] = [];
    for (const [panel, seen] of this.#panels) {
      const visible_ms = Math.round(this.#ms(seen, now));
      if (visible_ms > 0 || seen.hovered || seen.zoomed) {
        looks.push({ panel, visible_ms, hovered: seen.hovered, zoomed: seen.zoomed });
      }
      if (visible_ms >= SCROLLED_PAST_MS) seen.taken = true;
      Object.assign(seen, { ms: 0, hovered: false, zoomed: false, since: seen.since === null ? null : now });
    }
    return looks;
  }

  #ms(seen: Seen, now: number): number {
    return seen.ms + (seen.since !== null && this.#awake ? now - seen.since : 0);
  }

  #of(panel: number): Seen {
    let seen = this.#panels.get(panel);
    if (!seen) {
      seen = { taken: false, since: null, ms: 0, hovered: false, zoomed: false };
      this.#panels.set(panel, seen);
    }
    return seen;
  }
}
