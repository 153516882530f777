/** Longest text of one inbound message, in bytes of UTF-8: far above what any channel carries, far below what the bus does. */
export const maxTextBytes = 65_536;

const nul = String.fromCharCode(0);

/** `text` as Postgres and JSON can keep it: NUL characters gone, lone surrogates replaced by U+FFFD. */
export function cleanText(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes(nul) ? whole.replaceAll(nul, '') : whole;
}

/** Whether `text` is longer than `maxTextBytes`; counts bytes only where the length leaves a doubt. */
export function isTooLong(text: string): boolean {
  if (text.length > maxTextBytes) return true;
  // No UTF-16 unit takes more than three bytes.
  return text.length * 3 > maxTextBytes && Buffer.byteLength(text) > maxTextBytes;
}

/** The first `length` characters at most, never half a surrogate pair. */
export function clip(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).toWellFormed();
}
