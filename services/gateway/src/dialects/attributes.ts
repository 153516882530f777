import type { Conversation } from '@baton/contracts/gen/baton/conversation/v1/types.ts';

/**
 * What dialects show and Baton has no field of its own for: set by whoever knows it, as the conversation's `metadata` or the contact's `attributes`.
 * The conversation's comes first, because it says something about this thread; undefined when neither has it.
 */
export function attributeOf(conversation: Conversation, name: string): unknown {
  return conversation.metadata?.[name] ?? conversation.contact?.attributes?.[name] ?? undefined;
}

export function textAttribute(conversation: Conversation, name: string): string | undefined {
  const value = attributeOf(conversation, name);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** Only `true` (or the word, from systems that know texts alone) is true. */
export function flagAttribute(conversation: Conversation, name: string): boolean {
  const value = attributeOf(conversation, name);
  return value === true || value === 'true';
}
