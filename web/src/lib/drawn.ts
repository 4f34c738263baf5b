// What nobody else has drawn. `crypto.randomUUID` is not there on a page that did not come over TLS.

/** 128 bits at random, as 32 hexadecimal digits. */
export function drawn(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
