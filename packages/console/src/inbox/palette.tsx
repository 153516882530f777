import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Dialog } from 'radix-ui';
import { type KeyboardEvent, useEffect, useState } from 'react';
import { paths, sectionNames } from '../app/paths.ts';
import { useShell } from '../app/shell-context.ts';
import { views } from '../data/filter.ts';
import { keys } from '../data/keys.ts';
import { nameOf } from '../data/names.ts';
import { useApi, useSession } from '../session/session.tsx';
import type { Texts } from '../texts/en.ts';
import { useTexts } from '../texts/texts.tsx';
import { useDebounced } from '../ui/use-debounced.ts';

interface Entry {
  id: string;
  label: string;
  hint: string;
  run: () => void;
}

/** Ctrl K: pages, views and whatever was said, by typing. */
export function Palette() {
  const t = useTexts();
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      setOpen((now) => !now);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  return (
    <Dialog.Root open={open} onOpenChange={setOpen}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[14vh] left-1/2 z-50 flex max-h-[60vh] w-[calc(100vw-24px)] max-w-xl -translate-x-1/2 flex-col overflow-hidden rounded-xl border border-line bg-raised shadow-pop"
        >
          <Dialog.Title className="sr-only">{t.palette.label}</Dialog.Title>
          <Inside close={() => setOpen(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Inside({ close }: { close: () => void }) {
  const t = useTexts();
  const [query, setQuery] = useState('');
  const [chosen, setChosen] = useState(0);
  const fixed = useFixedEntries(t).filter(({ label }) => label.toLocaleLowerCase().includes(query.trim().toLocaleLowerCase()));
  const entries = [...fixed, ...useFound(query.trim(), t)];
  const at = Math.min(chosen, entries.length - 1);
  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    close();
    entry.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) setChosen((Math.max(at, 0) + step + entries.length) % Math.max(entries.length, 1));
    else if (event.key === 'Enter') run(entries[at]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        role="combobox"
        aria-expanded
        aria-controls="palette-list"
        aria-activedescendant={entries[at] && `palette-${entries[at].id}`}
        aria-label={t.palette.label}
        placeholder={t.palette.placeholder}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setChosen(0);
        }}
        onKeyDown={onKeyDown}
        className="h-12 shrink-0 border-b border-line bg-transparent px-4 text-[15px] outline-none placeholder:text-faint focus-visible:outline-none"
      />
      <div id="palette-list" role="listbox" aria-label={t.palette.label} className="overflow-y-auto p-1.5">
        {entries.length === 0 && <p className="px-3 py-6 text-center text-soft">{t.palette.nothing}</p>}
        {entries.map((entry, index) => (
          <button
            type="button"
            key={entry.id}
            id={`palette-${entry.id}`}
            role="option"
            aria-selected={index === at}
            tabIndex={-1}
            onMouseMove={() => setChosen(index)}
            onClick={() => run(entry)}
            className={`flex w-full items-center gap-3 rounded-md px-3 py-2 text-left ${index === at ? 'bg-hover' : ''}`}
          >
            <span className="min-w-0 flex-1 truncate">{entry.label}</span>
            <span className="shrink-0 text-xs text-faint">{entry.hint}</span>
          </button>
        ))}
      </div>
    </>
  );
}

function useFixedEntries(t: Texts): Entry[] {
  const navigate = useNavigate();
  const { phoneOpen, setPhoneOpen } = useShell();
  const { userId } = useSession();
  return [
    ...views
      .filter((view) => view !== 'mine' || userId !== null)
      .map((view) => ({
        id: `view-${view}`,
        label: t.views[view],
        hint: t.nav.inbox,
        run: () => void navigate({ to: paths.inbox, search: { view } }),
      })),
    { id: 'operations', label: t.nav.operations, hint: t.palette.pages, run: () => void navigate({ to: paths.operations }) },
    ...sectionNames.map((section) => ({
      id: `settings-${section}`,
      label: t.settings.sections[section][0],
      hint: t.nav.settings,
      run: () => void navigate({ to: paths.settingsSection, params: { section } }),
    })),
    { id: 'phone', label: t.nav.phone, hint: t.palette.actions, run: () => setPhoneOpen(!phoneOpen) },
  ];
}

function useFound(query: string, t: Texts): Entry[] {
  const api = useApi();
  const navigate = useNavigate();
  const wanted = useDebounced(query, 200);
  const { data } = useQuery({
    queryKey: keys.search(wanted),
    queryFn: () => api.searchMessages({ query: { query: wanted, limit: 50 } }),
    enabled: wanted.length > 1,
    staleTime: 0,
  });
  if (query.length < 2) return [];
  return (data?.hits ?? []).slice(0, 8).map(({ message, conversation }) => ({
    id: message.message_id,
    label: `${nameOf(conversation)}: ${message.text}`,
    hint: t.channels[conversation.channel],
    run: () => void navigate({ to: paths.conversation, params: { conversationId: conversation.conversation_id }, search: { view: 'all' } }),
  }));
}
