// Tells the server which panels were really in view. It knows no panel's content; what counts is in lib/looks.
import { place } from '../api/place';
import { api } from '../api/client';
import { drawn } from '../lib/drawn';
import { Looks } from '../lib/looks';
import { resolve } from '../lib/range';
import type { Range } from '../lib/range';

const FIRST_MS = 1000;
const EVERY_MS = 10_000;

export class Watch {
  readonly looks = new Looks();
  #observer: IntersectionObserver;
  #panels = new Map<Element, number>();
  #visit = drawn();
  #told = 0;
  /** Changes whose marks were pointed at since the last report. */
  #changes = new Set<number>();
  #timer: ReturnType<typeof setInterval>;
  #visibility = () => {
    this.looks.awake(document.visibilityState === 'visible', performance.now());
    if (document.visibilityState === 'hidden') this.#tell(true);
  };

  constructor(
    private dashboard: string,
    /** Of this visit. One that moves on with time keeps its length. */
    private range: Range,
  ) {
    this.#observer = new IntersectionObserver((entries) => this.#crossed(entries), { threshold: [0, 0.5] });
    this.looks.awake(document.visibilityState === 'visible', performance.now());
    document.addEventListener('visibilitychange', this.#visibility);
    this.#timer = setInterval(() => this.#beat(), 250);
  }

  /** Follows a panel until the returned function is called. */
  observe(place: Element, panel: number): () => void {
    this.#panels.set(place, panel);
    this.#observer.observe(place);
    return () => {
      this.#observer.unobserve(place);
      this.#panels.delete(place);
      this.looks.view(panel, false, performance.now());
    };
  }

  /** The words at a change's mark were read. */
  read(change: number) {
    this.#changes.add(change);
  }

  /** Range or variables have changed: what follows is another visit. */
  renew(range: Range) {
    this.#tell(false);
    this.range = range;
    this.#visit = drawn();
    this.looks.renew();
  }

  close() {
    this.#tell(true);
    clearInterval(this.#timer);
    this.#observer.disconnect();
    document.removeEventListener('visibilitychange', this.#visibility);
  }

  #crossed(entries: IntersectionObserverEntry[]) {
    const now = performance.now();
    for (const entry of entries) {
      const panel = this.#panels.get(entry.target);
      if (panel === undefined) continue;
      // A panel larger than the window can never be half in view of itself; half of the window is enough.
      const fills = entry.intersectionRect.height >= (entry.rootBounds?.height ?? Infinity) / 2;
      this.looks.view(panel, entry.intersectionRatio >= 0.5 || fills, now);
    }
  }

  /** A panel that has come into view is told soon, so that it is not told after what somebody does about it. */
  #beat() {
    const now = performance.now();
    const due = now - this.#told >= EVERY_MS && this.looks.longest(now) >= FIRST_MS;
    if (due || this.looks.fresh(now) >= FIRST_MS) this.#tell(false);
  }

  #tell(leaving: boolean) {
    const now = performance.now();
    const panels = this.looks.take(now);
    const changes = [...this.#changes];
    if (panels.length === 0 && changes.length === 0) return;
    this.#changes.clear();
    this.#told = now;
    const { from, to } = resolve(this.range, Date.now() / 1000);
    const body = { visit: this.#visit, dashboard: this.dashboard, from, to, panels, changes };
    if (leaving) {
      navigator.sendBeacon(
        `${place}/api/views`,
        new Blob([JSON.stringify(body)], { type: 'application/json' }),
      );
      return;
    }
    // A report that does not arrive is the server's gap, not the person's matter; the socket tells of a lost server.
    void api.POST('/api/views', { body }).catch(() => undefined);
  }
}
