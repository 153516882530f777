import { SendHorizontal } from 'lucide-react';
import { type FormEvent, useEffect, useRef } from 'react';
import { FileView } from '../conversation/thread/file-view.tsx';
import { useTexts } from '../texts/texts.tsx';
import { useTimes } from '../texts/use-times.ts';
import { Button } from '../ui/button.tsx';
import { Menu, MenuItem, MenuLabel } from '../ui/menu.tsx';
import { newPhoneId, type Phone } from './ingest.ts';
import { requestsFor, troubles } from './trouble.ts';
import { usePhone } from './use-phone.ts';

export function PhoneScreen({ phone }: { phone: Phone }) {
  const t = useTexts();
  const times = useTimes();
  const { lines, send, expect, expected, error, last } = usePhone(phone);
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    end.current?.scrollTo({ top: end.current.scrollHeight });
  }, [lines.length]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const text = String(new FormData(event.currentTarget).get('text')).trim();
    event.currentTarget.reset();
    if (text !== '') void send([[{ id: newPhoneId(), text, at: new Date() }]]);
  };
  return (
    <div className="mx-4 mb-4 flex min-h-0 flex-1 flex-col overflow-hidden rounded-[28px] border-4 border-line-strong bg-ground">
      <div ref={end} data-testid="phone-screen" className="flex min-h-0 flex-1 flex-col gap-2 overflow-y-auto p-3">
        {lines.length === 0 && <p className="m-auto text-center text-xs text-faint">{t.phone.empty}</p>}
        {lines.map((line) => (
          <div key={line.id} className={`flex max-w-[85%] flex-col ${line.own ? 'items-end self-end' : 'items-start self-start'}`}>
            <div
              className={`rounded-2xl px-3 py-1.5 ${line.own ? 'rounded-br-md bg-accent text-accent-ink' : 'rounded-bl-md bg-bubble-in'}`}
            >
              {line.attachments.map((file) => (
                <FileView key={file.url} file={file} url={file.url} />
              ))}
              <p className="break-words whitespace-pre-wrap">{line.text}</p>
            </div>
            <span className="px-1 pt-0.5 text-[11px] leading-4 text-faint">{times.clock(line.at)}</span>
          </div>
        ))}
      </div>
      {expected && (
        <p role="status" className="bg-warn-soft px-3 py-1.5 text-xs text-warn-text">
          {t.phone.expected[expected]}
        </p>
      )}
      {error && (
        <p role="alert" className="bg-danger-soft px-3 py-1.5 text-xs text-danger-text">
          {error}
        </p>
      )}
      <form onSubmit={submit} className="flex items-center gap-1.5 border-t border-line p-2">
        <Menu align="start" trigger={<Button size="small">{t.phone.trouble}</Button>}>
          {troubles.map((trouble) => (
            <MenuItem
              key={trouble}
              disabled={trouble === 'duplicate' && !last}
              onSelect={() => void send(requestsFor(trouble, t.phone, last))}
            >
              {t.phone[trouble]}
            </MenuItem>
          ))}
          <MenuLabel>{t.phone.wayBack}</MenuLabel>
          {(['refuse', 'late'] as const).map((trouble) => (
            <MenuItem key={trouble} onSelect={() => void expect(trouble)}>
              {t.phone[trouble]}
            </MenuItem>
          ))}
        </Menu>
        <input
          name="text"
          autoComplete="off"
          aria-label={t.phone.placeholder}
          placeholder={t.phone.placeholder}
          className="h-8 min-w-0 flex-1 rounded-full border border-line-strong bg-ground px-3 text-[13px] focus:border-accent focus:outline-none"
        />
        <button
          type="submit"
          aria-label={t.phone.send}
          title={t.phone.send}
          className="inline-flex size-8 items-center justify-center rounded-full bg-accent text-accent-ink hover:bg-accent-hover"
        >
          <SendHorizontal size={15} aria-hidden />
        </button>
      </form>
    </div>
  );
}
