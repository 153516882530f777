import type { CannedReply } from '../../data/types.ts';

const atEnd = /(?:^|\s)\/([\w.-]*)$/;

/** What is typed after a slash at the end of a draft: a saved reply is looked for. Undefined: none is. */
export function shortcutAtEnd(draft: string): string | undefined {
  return atEnd.exec(draft)?.[1];
}

export function matchingReplies(replies: readonly CannedReply[], wanted: string): CannedReply[] {
  const part = wanted.toLocaleLowerCase();
  return replies.filter(({ shortcut, title }) => shortcut.startsWith(part) || title.toLocaleLowerCase().includes(part)).slice(0, 8);
}

/** The draft with the reply in the place of its shortcut. */
export function withReply(draft: string, { text }: CannedReply): string {
  return `${draft.slice(0, draft.length - (shortcutAtEnd(draft) ?? '').length - 1)}${text}`;
}
