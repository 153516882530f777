import type { Message } from '../../data/types.ts';

/** Whose words they are is seen before it is read. */
export const bubbleLook: Readonly<Record<Message['author'], string>> = {
  contact: 'bg-bubble-in text-ink rounded-bl-md',
  ai: 'bg-accent-soft text-ink rounded-br-md',
  human: 'bg-human text-white rounded-br-md',
  sequence: 'border border-line-strong bg-raised text-ink rounded-br-md',
  system: 'border border-dashed border-line-strong bg-raised text-soft rounded-br-md',
};
