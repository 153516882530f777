/** They travel with every event of the conversation. */
export const maxTags = 50;
const maxLength = 100;

/** A tag in its one spelling: composed Unicode, single spaces. Letter case is kept and counts. undefined: it can be none. */
export function normalTag(text: string): string | undefined {
  const tag = text.normalize('NFC').replaceAll(/\s+/g, ' ').trim();
  return tag === '' || [...tag].length > maxLength || /[\p{Cc}\p{Cs}]/u.test(tag) ? undefined : tag;
}

/** Tags that somebody gave, each once; undefined when one of them can be none. */
export function normalTags(given: readonly string[]): string[] | undefined {
  const tags = given.flatMap((text) => normalTag(text) ?? []);
  return tags.length === given.length ? [...new Set(tags)] : undefined;
}

/** What an AI gives must not stop its answer: what can be no tag, or is one too many, is left out. */
export function withTags(present: readonly string[], given: readonly string[]): string[] {
  const added = new Set([...present, ...given.flatMap((text) => normalTag(text) ?? [])]);
  return [...added].slice(0, Math.max(maxTags, present.length));
}

/** Another name in the same place, or none; a name that is there already stays where it is. */
export function replaceTag(tags: readonly string[], tag: string, becomes: string | null): string[] {
  if (becomes === null || tags.includes(becomes)) return tags.filter((one) => one !== tag);
  return tags.map((one) => (one === tag ? becomes : one));
}
