import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { paths } from '../../app/paths.ts';
import type { Replay, ReplayTurn } from '../../data/types.ts';
import { useTexts } from '../../texts/texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Section } from '../section.tsx';
import { After, Before } from './answers.tsx';
import { useReplayTurns } from './use-replays.ts';

/** What was answered then, and what the other AI answers now. */
export function SideBySide({ replay, onBack }: { replay: Replay; onBack: () => void }) {
  const t = useTexts();
  const r = t.settings.comparison;
  const query = useReplayTurns(replay);
  const turns = query.data?.pages.flatMap((page) => page.turns) ?? [];
  const title = replay.name || replay.backend.model || t.settings.agent.kinds[replay.backend.kind];
  return (
    <Section
      title={title}
      hint={replay.error ?? r.compareHint}
      query={query}
      actions={
        <Button onClick={onBack}>
          <ArrowLeft size={14} aria-hidden />
          {r.back}
        </Button>
      }
    >
      {turns.length === 0 && <p className="rounded-lg border border-dashed border-line-strong p-8 text-center text-soft">{r.noTurns}</p>}
      <ol aria-label={title} className="flex flex-col gap-4">
        {turns.map((turn) => (
          <li key={turn.dispatch_id}>
            <Turn turn={turn} />
          </li>
        ))}
      </ol>
    </Section>
  );
}

function Turn({ turn }: { turn: ReplayTurn }) {
  const t = useTexts();
  const r = t.settings.comparison;
  return (
    <article className="overflow-hidden rounded-lg border border-line">
      <header className="flex items-start gap-3 bg-side px-4 py-3">
        <div className="min-w-0 flex-1">
          <p className="text-xs font-medium text-faint">{t.authors.contact}</p>
          {turn.asked.map(({ message_id, text }) => (
            <p key={message_id} className="break-words whitespace-pre-wrap">
              {text || t.list.noText}
            </p>
          ))}
        </div>
        <Link
          to={paths.conversation}
          params={{ conversationId: turn.conversation_id }}
          search={{ view: 'all' }}
          className="shrink-0 text-xs text-accent-text underline underline-offset-2"
        >
          {r.conversation}
        </Link>
      </header>
      <div className="grid divide-line max-md:divide-y md:grid-cols-2 md:divide-x">
        <Side title={r.past}>{turn.before && <Before before={turn.before} />}</Side>
        <Side title={r.present}>
          {turn.after ? <After after={turn.after} /> : <p className="text-soft">{turn.error ?? r.turnStatuses[turn.status]}</p>}
        </Side>
      </div>
    </article>
  );
}

function Side({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex min-w-0 flex-col gap-1.5 px-4 py-3">
      <h3 className="text-xs font-medium text-faint">{title}</h3>
      {children}
    </section>
  );
}
