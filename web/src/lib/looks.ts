// What of a dashboard was really looked at: how long each panel was at least half in view on a visible
// page, whether the pointer was on it, whether it was zoomed. Pure: time comes in; it sends nothing.

export interface Look {
  panel: number;
  visible_ms: number;
  hovered: boolean;
  zoomed: boolean;
}

interface Seen {
  since: number | null;
  ms: number;
  hovered: boolean;
  zoomed: boolean;
}

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

  /** Takes what has gathered; the next one begins from here. */
  take(now: number): Look[] {
    const looks: Look[] = [];
    for (const [panel, seen] of this.#panels) {
      const visible_ms = Math.round(this.#ms(seen, now));
      if (visible_ms > 0 || seen.hovered || seen.zoomed) {
        looks.push({ panel, visible_ms, hovered: seen.hovered, zoomed: seen.zoomed });
      }
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
      seen = { since: null, ms: 0, hovered: false, zoomed: false };
      this.#panels.set(panel, seen);
    }
    return seen;
  }
}
