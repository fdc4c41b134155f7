/** A name that nothing else has. Not `crypto.randomUUID`: on plain HTTP there is none. */
export const freshKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
