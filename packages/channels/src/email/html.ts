import { compile } from 'html-to-text';

/** Characters; what people write with their programs has a fifth of it. */
const maxInputLength = 150_000;
/** Elements within each other. The library takes forty seconds for a mail of a megabyte that only opens elements. */
const maxOpen = 300;

const convert = compile({
  wordwrap: false,
  // A hostile mail nests a hundred thousand elements; what is beyond is cut off, the text before it stays.
  limits: { maxInputLength, maxDepth: 60, maxChildNodes: 5000, ellipsis: '…' },
  selectors: [
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, ignoreHref: false, noAnchorUrl: true } },
    // Pictures of signatures and trackers; those that are files of the mail are attachments anyhow.
    { selector: 'img', format: 'skip' },
    { selector: 'h1', options: { uppercase: false } },
    { selector: 'h2', options: { uppercase: false } },
    { selector: 'h3', options: { uppercase: false } },
    { selector: 'table', options: { uppercaseHeaderCells: false } },
    { selector: 'ul', options: { itemPrefix: '- ' } },
  ],
});

/** The text of a mail that has none but its HTML. Quotes come out with `> ` before each line, as in plain mails. */
export function htmlToText(html: string): string {
  const whole = html.length > maxInputLength ? html.slice(0, maxInputLength) : html;
  const text = isDeep(whole) ? whole.replaceAll(/<[^<>]*>?/g, ' ') : convert(whole);
  return text
    .replaceAll('\u00a0', ' ')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

const tag = /<(\/?)([a-z]{1,10})/gi;
const alone = new Set(['br', 'img', 'hr', 'meta', 'link', 'input', 'wbr', 'col', 'area', 'base', 'source', 'p', 'li', 'td', 'tr', 'th']);

function isDeep(html: string): boolean {
  let open = 0;
  for (const [, closes, name] of html.matchAll(tag)) {
    if (alone.has(name!.toLowerCase())) continue;
    open = closes ? Math.max(0, open - 1) : open + 1;
    if (open > maxOpen) return true;
  }
  return false;
}
