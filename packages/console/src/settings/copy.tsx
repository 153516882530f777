import { Check, Copy as CopyIcon } from 'lucide-react';
import { useState } from 'react';
import { useTexts } from '../texts/texts.tsx';

/** A value that is entered elsewhere: shown, and copied by a press. */
export function Copy({ value }: { value: string }) {
  const t = useTexts();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(value);
    setCopied(true);
  };
  return (
    <span className="inline-flex max-w-full items-center gap-1.5">
      <code className="min-w-0 truncate rounded bg-hover px-1.5 py-0.5 font-mono text-xs">{value}</code>
      <button
        type="button"
        aria-label={copied ? t.conversation.copied : `${t.settings.copy}: ${value}`}
        title={copied ? t.conversation.copied : t.settings.copy}
        onClick={() => void copy()}
        className="rounded p-1 text-soft hover:bg-hover hover:text-ink"
      >
        {copied ? <Check size={14} aria-hidden /> : <CopyIcon size={14} aria-hidden />}
      </button>
    </span>
  );
}
