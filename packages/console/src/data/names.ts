import type { Conversation } from './types.ts';

/** What the customer is called: the name, or the address. */
export function nameOf(conversation: Pick<Conversation, 'contact' | 'from_number'>): string {
  return conversation.contact?.name ?? readableAddress(conversation.from_number);
}

/** An address as people write it; a number keeps its digits together in groups. */
export function readableAddress(address: string): string {
  if (address.startsWith('erased:')) return '—';
  const american = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(address);
  return american ? `+1 ${american[1]} ${american[2]} ${american[3]}` : address;
}
