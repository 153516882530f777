/**
 * What somebody wrote, without the mail they answer beneath it. Line by line, each line looked at once and clipped before a pattern sees it: patterns
 * over whole mails (as the known libraries have them) take minutes for one that was made for it.
 */
export function withoutQuote(text: string, subject: string): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const whole = tidy(lines);
  // Who forwards wants it read.
  if (forwardedSubject.test(subject)) return whole;
  const cut = cutAt(lines);
  if (cut === undefined) return tidy(withoutSignature(lines));
  const own = tidy(withoutSignature(lines.slice(0, cut)));
  return own === '' ? whole : own;
}

const forwardedSubject = /^\s*(?:fwd?|wg|rv|tr|i)\s*:/i;
const forwardMark =
  /^[\s-]*(?:forwarded message|begin forwarded message|weitergeleitete nachricht|anfang der weitergeleiteten nachricht|mensaje reenviado|message transféré|messaggio inoltrato)[\s:-]*$/i;
const originalMark =
  /^[\s-]*(?:original message|original appointment|ursprüngliche nachricht|mensaje original|message d'origine|messaggio originale)[\s-]*$/i;
/** "On … wrote:" and its like; it may be wrapped over three lines. */
const attribution =
  /^(?:>\s*)?(?:(?:on|am|el|le|il|em|op|den|pe|dnia|w dniu)\b.{0,300}(?:wrote|schrieb|escribió|a écrit|ha scritto|escreveu|schreef|skrev|kirjoitti|napisał(?:\(a\))?|pisze)\b.{0,160}|.{1,200}\b(?:schrieb|wrote|escribió)(?:\s+(?:am|on|el)\b.{0,100})?)\s*:$/iu;
const attributionEnd = /:\s*$/;
/** The first line of the block that Outlook puts above what is answered, and those that follow it. */
const headerFirst = /^\*?(?:from|von|de|da|van)\s?:\*?\s*\S/i;
const headerNext =
  /^\*?(?:sent|date|gesendet|datum|enviado(?: el)?|fecha|envoyé|inviato|data|verzonden|to|an|para|à|a|aan|cc|subject|betreff|asunto|objet|oggetto|onderwerp)\s?:/i;
const quotedLine = /^\s*>/;
const ruler = /^\s*(?:_{5,}|-{10,})\s*$/;
const device =
  /^(?:sent from my .{1,60}|sent from (?:outlook|mail|yahoo|proton).{0,80}|get outlook for .{1,80}|von meinem .{1,40} gesendet|gesendet (?:von|mit|aus) .{1,80}|enviado desde (?:mi )?.{1,60}|envoyé de(?:puis)? (?:mon )?.{1,60}|inviato da .{1,60})$/i;

/** The line from which on all is the answered mail; undefined: there is none, or the answers stand between its lines. */
function cutAt(lines: readonly string[]): number | undefined {
  for (let at = 0; at < lines.length; at++) {
    const line = clipped(lines[at]!);
    if (forwardMark.test(line)) return undefined;
    if (originalMark.test(line) || isHeaderBlock(lines, at)) return beforeRuler(lines, at);
    const length = attributionLength(lines, at);
    if (length > 0 && isQuotedFrom(lines, at + length)) return answersBetween(lines, at + length) ? undefined : at;
    if (quotedLine.test(line) && !answersBetween(lines, at)) return at;
    // The first quoted line decides: what comes after it stands between quotes.
    if (quotedLine.test(line)) return undefined;
  }
  return undefined;
}

/** How many lines an attribution takes here; 0: none begins. */
function attributionLength(lines: readonly string[], at: number): number {
  let joined = '';
  for (let length = 1; length <= 3 && at + length <= lines.length; length++) {
    const line = clipped(lines[at + length - 1]!).trim();
    if (line === '' && length > 1) return 0;
    joined = joined === '' ? line : `${joined} ${line}`;
    if (attributionEnd.test(joined)) return attribution.test(joined) ? length : 0;
  }
  return 0;
}

/** Whether what follows an attribution is quoted, or nothing marks it as anybody's (HTML without quote marks) and it is not empty. */
function isQuotedFrom(lines: readonly string[], from: number): boolean {
  const next = lines.slice(from, from + 4).find((line) => line.trim() !== '');
  return next === undefined || quotedLine.test(next) || lines.slice(from).every((line) => !quotedLine.test(line));
}

/** Something of the sender's own below the first quoted line: an answer between the lines of a question, which needs the question to be read. */
function answersBetween(lines: readonly string[], from: number): boolean {
  const first = lines.findIndex((line, index) => index >= from && quotedLine.test(line));
  if (first === -1) return false;
  const rest = withoutSignature(lines.slice(first));
  const after = rest.findIndex((line) => !quotedLine.test(line) && line.trim() !== '');
  // Long quoted lines are wrapped by some clients, and only the first part keeps its mark: a single short line is such a remainder.
  return after !== -1 && rest.slice(after).filter((line) => !quotedLine.test(line) && line.trim() !== '').length > remainders(rest);
}

function remainders(lines: readonly string[]): number {
  let count = 0;
  for (let at = 1; at < lines.length - 1; at++) {
    const isAlone =
      !quotedLine.test(lines[at]!) && lines[at]!.trim() !== '' && quotedLine.test(lines[at - 1]!) && quotedLine.test(lines[at + 1]!);
    if (isAlone && lines[at - 1]!.length > 60) count++;
  }
  return count;
}

function isHeaderBlock(lines: readonly string[], at: number): boolean {
  if (!headerFirst.test(clipped(lines[at]!).trim())) return false;
  let found = 0;
  for (const line of lines.slice(at + 1, at + 8)) if (headerNext.test(clipped(line).trim())) found++;
  return found >= 2;
}

function beforeRuler(lines: readonly string[], at: number): number {
  let cut = at;
  while (cut > 0 && lines[cut - 1]!.trim() === '') cut--;
  return cut > 0 && ruler.test(clipped(lines[cut - 1]!)) ? cut - 1 : cut;
}

/** Without what stands below `-- ` (RFC 3676) and without the advertisement of a telephone at the end. */
function withoutSignature(lines: readonly string[]): string[] {
  const mark = lines.findIndex((line) => line === '-- ' || line === '--\u00a0');
  const kept = mark === -1 ? [...lines] : lines.slice(0, mark);
  for (let at = kept.length - 1; at >= 0; at--) {
    const line = clipped(kept[at]!).trim();
    if (line === '' || line === '--') continue;
    return device.test(line) ? kept.slice(0, at) : kept;
  }
  return kept;
}

function clipped(line: string): string {
  return line.length > 400 ? line.slice(0, 400) : line;
}

function tidy(lines: readonly string[]): string {
  return lines
    .join('\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}
