import type { Operations } from '../data/types.ts';
import type { Texts } from '../texts/en.ts';
import { useTexts } from '../texts/texts.tsx';

type Outcome = NonNullable<Operations['traffic']>['outcomes'][number];

/** The AI's turns by what became of them, the most frequent first. */
export function Outcomes({ outcomes }: { outcomes: readonly Outcome[] }) {
  const t = useTexts();
  const most = outcomes[0]?.count ?? 1;
  return (
    <section className="rounded-lg border border-line p-4">
      <h2 className="mb-3 text-[13px] font-medium">{t.operations.outcomes}</h2>
      {outcomes.length === 0 && <p className="text-[13px] text-soft">{t.operations.noTurns}</p>}
      <ul className="flex flex-col gap-2">
        {outcomes.map((one) => (
          <li
            key={`${one.outcome} ${one.reason}`}
            className="grid grid-cols-[minmax(0,3fr)_minmax(0,3fr)_3rem] items-center gap-3 text-[13px]"
          >
            <span className="break-words">{nameOf(one, t)}</span>
            <span className="h-2 rounded bg-hover">
              <span
                className={`block h-2 rounded ${one.outcome === 'failed' ? 'bg-danger' : 'bg-accent'}`}
                style={{ width: `${(one.count / most) * 100}%` }}
              />
            </span>
            <span className="text-right tabular-nums">{one.count.toLocaleString()}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function nameOf({ outcome, reason }: Outcome, t: Texts): string {
  if (outcome === 'replied') return t.why.replied('');
  if (outcome === 'suppressed') return t.why.suppressed[reason ?? ''] ?? `${t.why.suppressed['other']}: ${reason}`;
  return t.why[outcome];
}
