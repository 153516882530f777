import { Paperclip } from 'lucide-react';
import type { Message } from '../../data/types.ts';

/** Pictures are shown, other files linked to. Their addresses lie outside: the page tells them nothing of where it stands. */
export function Attachments({ attachments }: { attachments: Message['attachments'] }) {
  if (attachments.length === 0) return null;
  return (
    <div className="mb-1 flex flex-col gap-1.5">
      {attachments.map(({ url, content_type, name }) => (
        <a key={url} href={url} target="_blank" rel="noreferrer noopener" className="inline-flex max-w-full items-center gap-1.5 underline">
          {content_type?.startsWith('image/') ? (
            <img
              src={url}
              alt={name ?? ''}
              loading="lazy"
              referrerPolicy="no-referrer"
              className="max-h-64 min-h-10 max-w-full rounded-lg"
            />
          ) : (
            <>
              <Paperclip size={14} className="shrink-0" aria-hidden />
              <span className="truncate">{name || url}</span>
            </>
          )}
        </a>
      ))}
    </div>
  );
}
