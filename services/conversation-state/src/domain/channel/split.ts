/** The longest text of one message, at least one character of any kind. `bytes`: in bytes, as some providers count; `utf16`: in units, never fewer than what others call characters. */
export interface TextLimit {
  max: number;
  unit: 'utf16' | 'bytes';
}

// `und`: the rules that hold for any language. What a text is written in is not known, and a boundary must not depend on the machine's locale.
const sentences = new Intl.Segmenter('und', { granularity: 'sentence' });
const words = new Intl.Segmenter('und', { granularity: 'word' });
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** So far behind the end a segmenter looks to tell whether a boundary is one: further than the longest emoji sequence. */
const lookahead = 64;

/** A boundary in the first quarter would make a tiny message before a whole one. */
const leastShare = 4;

/**
 * The text as messages that fit, in order: cut at the end of a sentence or line, else between words, else between grapheme clusters (what a reader takes for one
 * character), and inside one of those only where it alone is longer than a message; never inside a surrogate pair. White space at a cut goes.
 */
export function splitText(text: string, limit: TextLimit): string[] {
  if (fits(text, limit)) return [text];
  const parts: string[] = [];
  let rest = text.trim();
  while (!fits(rest, limit)) {
    const cut = cutOf(rest, reach(rest, limit));
    parts.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).trimStart();
  }
  return [...parts, rest];
}

function fits(text: string, limit: TextLimit): boolean {
  return limit.unit === 'utf16' ? text.length <= limit.max : Buffer.byteLength(text) <= limit.max;
}

/** Where the longest beginning ends that fits, at a whole code point. */
function reach(text: string, limit: TextLimit): number {
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += limit.unit === 'utf16' ? character.length : Buffer.byteLength(character);
    if (used > limit.max) break;
    end += character.length;
  }
  return end;
}

function cutOf(text: string, end: number): number {
  const seen = text.slice(0, end + lookahead);
  const whole = new Set(boundaries(graphemes, seen));
  const least = Math.ceil(end / leastShare);
  const last = (from: Iterable<number>, min: number) => {
    let found: number | undefined;
    for (const at of from) {
      if (at > end) break;
      if (at >= min && whole.has(at)) found = at;
    }
    return found;
  };
  return (
    last(boundaries(sentences, seen), least) ??
    last(spaces(seen), least) ??
    last(boundaries(words, seen), least) ??
    last(whole, 1) ??
    // One cluster longer than a message: letters under a pile of accents.
    end
  );
}

function* boundaries(segmenter: Intl.Segmenter, text: string): Iterable<number> {
  for (const { index } of segmenter.segment(text)) if (index > 0) yield index;
}

function* spaces(text: string): Iterable<number> {
  for (const { index } of text.matchAll(/\s+/g)) yield index;
}
