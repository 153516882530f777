import { type KeyboardEvent, useState } from 'react';
import type { CannedReply } from '../../data/types.ts';
import { useCannedReplies } from '../../data/use-directory.ts';
import { matchingReplies, shortcutAtEnd, withReply } from './shortcut.ts';

/** Saved replies by their shortcuts: what fits the draft's end, and the keys that choose among it. */
export function useShortcuts(draft: string, setDraft: (text: string) => void) {
  const replies = useCannedReplies();
  const wanted = shortcutAtEnd(draft);
  const [at, setAt] = useState(0);
  const [dismissed, dismiss] = useState<string>();
  const fitting = wanted === undefined || dismissed === draft ? [] : matchingReplies(replies, wanted);
  const chosen = Math.min(at, fitting.length - 1);
  const take = (reply: CannedReply) => {
    setDraft(withReply(draft, reply));
    setAt(0);
  };
  /** True when the key was for the list. */
  const onKey = (event: KeyboardEvent): boolean => {
    const reply = fitting[chosen];
    if (!reply || event.nativeEvent.isComposing) return false;
    if (event.key === 'ArrowDown') setAt((chosen + 1) % fitting.length);
    else if (event.key === 'ArrowUp') setAt((chosen - 1 + fitting.length) % fitting.length);
    else if (event.key === 'Enter' || event.key === 'Tab') take(reply);
    else if (event.key === 'Escape') dismiss(draft);
    else return false;
    event.preventDefault();
    return true;
  };
  return { fitting, chosen, take, onKey, close: () => dismiss(draft) };
}
