// How long to wait before the next try of a socket. Pure: it waits for nothing itself.

const FIRST_MS = 300;
const LONGEST_MS = 8000;

/** Doubles with each try in a row, up to 8 s, spread by a fifth so that pages don't come back at once. */
export function backoff(tries: number, random: number): number {
  const plain = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries, 10));
  return Math.round(plain * (0.9 + 0.2 * random));
}
