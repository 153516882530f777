import { Paperclip } from 'lucide-react';

interface Props {
  file: { content_type?: string | undefined; name?: string | undefined };
  /** Undefined while it is asked for. */
  url: string | undefined;
}

/** A picture is shown, another file linked to. */
export function FileView({ file, url }: Props) {
  const name = file.name ?? file.content_type ?? '';
  const isPicture = file.content_type?.startsWith('image/') ?? false;
  if (url === undefined) return <span className="block h-10 w-40 rounded-lg bg-hover" />;
  return (
    <a href={url} target="_blank" rel="noreferrer noopener" className="inline-flex max-w-full items-center gap-1.5 underline">
      {isPicture ? (
        <img src={url} alt={name} loading="lazy" referrerPolicy="no-referrer" className="max-h-64 min-h-10 max-w-full rounded-lg" />
      ) : (
        <>
          <Paperclip size={14} className="shrink-0" aria-hidden />
          <span className="truncate">{name}</span>
        </>
      )}
    </a>
  );
}
