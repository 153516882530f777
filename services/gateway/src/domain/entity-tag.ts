/** The opaque parts of the entity tags in a header such as `"3", W/"4"`, without the marks of weakness: ours name states, not bytes. */
export function entityTags(header: string): string[] {
  return [...header.matchAll(/(?:W\/)?"([^"]*)"/g)].map((match) => match[1]!);
}

/** Whether `If-None-Match` names this tag (RFC 9110 §13.1.2: the comparison is weak). */
export function namesTag(header: string, tag: string): boolean {
  return header.trim() === '*' || entityTags(header).includes(tag);
}

/**
 * The mode epochs that `If-Match` names; `any` for `*`. A tag is an epoch (`"3"`), or an epoch and the digest of an answer (`"3-x9…"`), of which only the
 * epoch counts: a message that came in meanwhile is no reason to refuse a takeover. A bare number is taken as well. What names no epoch matches nothing.
 */
export function epochsOf(header: string): number[] | 'any' {
  const given = header.trim();
  if (given === '*') return 'any';
  const tags = /^\d+$/.test(given) ? [given] : entityTags(given);
  return tags.flatMap((tag) => (/^\d{1,9}(?:-|$)/.test(tag) ? [Number.parseInt(tag, 10)] : []));
}
