// What is pasted, in frames that the server takes.
import { expect, test } from 'vitest';
import { inPieces, PIECE } from './pieces';

/** The server closes a socket over which a larger frame comes. */
const FRAME = 64 << 10;

const paste = (length: number) => Uint8Array.from({ length }, (_, at) => at % 251);

/** The lengths of what was sent while `most` could be, and all of it together. */
function sent(bytes: Uint8Array<ArrayBuffer>, most = Infinity) {
  const pieces: Uint8Array[] = [];
  const left = inPieces(bytes, (piece) => pieces.length < most && pieces.push(piece) > 0);
  return { lengths: pieces.map((piece) => piece.length), all: pieces.flatMap((piece) => [...piece]), left };
}

test('a key is one piece, and nothing is none', () => {
  expect(sent(paste(1)).lengths).toEqual([1]);
  expect(sent(paste(0)).lengths).toEqual([]);
});

test('a large paste arrives whole and in order, in pieces that are not too large', () => {
  const bytes = paste(3 * FRAME + 5);
  const { lengths, all, left } = sent(bytes);
  expect(Math.max(...lengths)).toBeLessThan(FRAME);
  expect(all).toEqual([...bytes]);
  expect(left.length).toBe(0);
});

test('from the first piece that cannot be sent on, all is left and nothing is left out', () => {
  const bytes = paste(3 * PIECE + 7);
  const { lengths, left } = sent(bytes, 2);
  expect(lengths).toEqual([PIECE, PIECE]);
  expect([...left]).toEqual([...bytes.slice(2 * PIECE)]);
});
