const word = '[\\p{L}\\p{N}]';
const gap = '[^\\p{L}\\p{N}]';

// As pg_trgm cuts patterns: three letters in a row, or the beginning of a word (padded with two spaces), or two letters and the end of one.
const trigram = new RegExp(`${word}{3}|${gap}${word}|${word}{2}${gap}`, 'u');

/**
 * Whether the index can help to find `term`. Wrong either way only costs time: without trigrams the index yields the whole workspace, and a search that does not use
 * it finds the same.
 */
export function hasTrigrams(term: string): boolean {
  return trigram.test(term);
}
