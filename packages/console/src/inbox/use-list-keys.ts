import { useEffect } from 'react';
import type { Conversation } from '../data/types.ts';
import { isTyping } from './typing.ts';

interface Options {
  rows: readonly Conversation[];
  openId: string | undefined;
  onOpen: (id: string) => void;
}

/** J and K open the next and the one before; R and Enter go to the answer, N to a note. */
export function useListKeys({ rows, openId, onOpen }: Options): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0;
      if (step !== 0) {
        const at = rows.findIndex(({ conversation_id }) => conversation_id === openId);
        const next = rows[at === -1 ? 0 : Math.min(Math.max(at + step, 0), rows.length - 1)];
        if (next && next.conversation_id !== openId) onOpen(next.conversation_id);
      } else if (event.key === 'r' || (event.key === 'Enter' && event.target === document.body)) {
        event.preventDefault();
        document.querySelector<HTMLTextAreaElement>('[data-composer]')?.focus();
      } else if (event.key === 'n') {
        event.preventDefault();
        document.querySelector<HTMLButtonElement>('[data-note-tab]')?.click();
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [rows, openId, onOpen]);
}
