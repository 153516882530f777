import type { CannedReply } from '../../data/types.ts';

interface Props {
  id: string;
  label: string;
  replies: readonly CannedReply[];
  chosen: number;
  onChosen: (reply: CannedReply) => void;
}

/** The saved replies that fit what is typed after a slash; the field above keeps the focus. */
export function ShortcutList({ id, label, replies, chosen, onChosen }: Props) {
  return (
    <div
      id={id}
      role="listbox"
      aria-label={label}
      className="max-h-56 overflow-y-auto rounded-xl border border-line bg-raised p-1 shadow-pop"
    >
      {replies.map((reply, index) => (
        <button
          key={reply.canned_reply_id}
          id={`${id}-${index}`}
          type="button"
          role="option"
          aria-selected={index === chosen}
          tabIndex={-1}
          // Before the field loses the focus.
          onPointerDown={(event) => {
            event.preventDefault();
            onChosen(reply);
          }}
          className={`flex w-full items-baseline gap-2 rounded-md px-2.5 py-1.5 text-left text-[13px] ${index === chosen ? 'bg-hover' : ''}`}
        >
          <span className="shrink-0 font-medium">{reply.title}</span>
          <span className="min-w-0 flex-1 truncate text-faint">{reply.text}</span>
          <code className="shrink-0 font-mono text-xs text-faint">/{reply.shortcut}</code>
        </button>
      ))}
    </div>
  );
}
