const stopWords = new Set(['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT']);
const startWords = new Set(['START', 'SUBSCRIBE', 'UNSTOP']);

export type Keyword = { kind: 'stop' | 'start'; word: string };

/**
 * The opt-out or opt-in that a whole message is, in any letter case, with surrounding space ignored; undefined for everything else.
 * Words: api.md §2, and those that carriers add (STOPALL, REVOKE, OPTOUT; Twilio "Advanced Opt-Out").
 */
export function keywordOf(text: string): Keyword | undefined {
  const word = text.trim().toUpperCase();
  if (stopWords.has(word)) return { kind: 'stop', word };
  if (startWords.has(word)) return { kind: 'start', word };
  return undefined;
}
