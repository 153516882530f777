import { Search, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTexts } from '../texts/texts.tsx';
import { isTyping } from './typing.ts';

interface Props {
  value: string;
  onChange: (value: string) => void;
}

/** `/` goes to it from anywhere, Escape empties it. */
export function SearchBox({ value, onChange }: Props) {
  const t = useTexts();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      event.preventDefault();
      input.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <div className="relative">
      <Search size={14} className="pointer-events-none absolute top-2 left-2.5 text-faint" aria-hidden />
      <input
        ref={input}
        type="search"
        aria-label={t.list.search}
        placeholder={t.list.search}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          onChange('');
          input.current?.blur();
        }}
        className="h-[30px] w-full rounded-md border border-line bg-side pr-8 pl-8 text-[13px] placeholder:text-faint focus:border-accent focus:bg-ground focus:outline-none [&::-webkit-search-cancel-button]:hidden"
      />
      {value === '' ? (
        <kbd className="pointer-events-none absolute top-[6px] right-2 rounded border border-line px-1 font-sans text-[11px] leading-4 text-faint">
          /
        </kbd>
      ) : (
        <button
          type="button"
          aria-label={t.list.clear}
          onClick={() => onChange('')}
          className="absolute top-1.5 right-2 text-faint hover:text-ink"
        >
          <X size={16} aria-hidden />
        </button>
      )}
    </div>
  );
}
