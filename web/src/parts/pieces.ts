// What is longer than a frame, sent in pieces. It knows no socket.

/** Bytes of a piece: well below the 64 KiB that the server takes in one frame. */
export const PIECE = 16 << 10;

/** Sends all of it, piece by piece and in order, until `send` says that one could not be sent; gives what is left. */
export function inPieces(
  bytes: Uint8Array<ArrayBuffer>,
  send: (piece: Uint8Array<ArrayBuffer>) => boolean,
): Uint8Array<ArrayBuffer> {
  for (let at = 0; at < bytes.length; at += PIECE) {
    if (!send(bytes.subarray(at, at + PIECE))) return bytes.subarray(at);
  }
  return bytes.subarray(bytes.length);
}
