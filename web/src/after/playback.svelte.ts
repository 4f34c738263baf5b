// The moment that a replay shows, and how it moves: all that is drawn follows it. It draws nothing.

export const SPEEDS = [1, 2, 4, 8, 16] as const;

export class Playback {
  at_s = $state(0);
  playing = $state(false);
  speed: number = $state(4);
  from_s = $state(0);
  until_s = $state(1);
  #frame = 0;
  #last = 0;

  /** Sets the stretch of time; the replay stands at its beginning. */
  span(from_s: number, until_s: number) {
    this.from_s = from_s;
    this.until_s = Math.max(until_s, from_s + 1);
    this.at_s = from_s;
  }

  seek(at_s: number) {
    this.at_s = Math.min(this.until_s, Math.max(this.from_s, at_s));
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    if (this.at_s >= this.until_s) this.at_s = this.from_s;
    this.playing = true;
    this.#last = performance.now();
    this.#frame = requestAnimationFrame((now) => this.#move(now));
  }

  pause() {
    this.playing = false;
    cancelAnimationFrame(this.#frame);
  }

  /** The next speed up or down. */
  faster(by: 1 | -1) {
    const place = SPEEDS.findIndex((speed) => speed === this.speed);
    this.speed = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, place + by))] ?? 1;
  }

  #move(now: number) {
    if (!this.playing) return;
    // A page that slept does not jump: it goes on where it was.
    const step = Math.min(now - this.#last, 250) / 1000;
    this.#last = now;
    this.seek(this.at_s + step * this.speed);
    if (this.at_s >= this.until_s) this.pause();
    else this.#frame = requestAnimationFrame((next) => this.#move(next));
  }
}
