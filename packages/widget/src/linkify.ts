export interface Piece {
  text: string;
  /** Absent: plain text. */
  href?: string;
}

const address = /https?:\/\/[^\s<>"'`]+/gi;

/** A text in pieces, of which web addresses become links: http and https alone, and without the punctuation of the sentence around them. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let last = 0;
  for (const match of text.matchAll(address)) {
    const found = withoutTail(match[0]);
    if (!URL.canParse(found)) continue;
    if (match.index > last) pieces.push({ text: text.slice(last, match.index) });
    pieces.push({ text: found, href: new URL(found).href });
    last = match.index + found.length;
  }
  if (last < text.length) pieces.push({ text: text.slice(last) });
  return pieces;
}

function withoutTail(found: string): string {
  const bare = found.replace(/[.,;:!?…]+$/, '');
  // A bracket belongs to the address only if it was opened in it.
  return bare.endsWith(')') && !bare.includes('(') ? withoutTail(bare.slice(0, -1)) : bare;
}
