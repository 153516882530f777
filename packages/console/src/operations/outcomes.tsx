import { useTexts } from '../texts/texts.tsx';

/** The AI's turns by what became of them, the most frequent first. */
export function Outcomes({ outcomes }: { outcomes: Readonly<Record<string, number>> }) {
  const t = useTexts();
  const rows = Object.entries(outcomes).sort(([, a], [, b]) => b - a);
  const most = rows[0]?.[1] ?? 1;
  const nameOf = (key: string) => {
    const [outcome, reason] = key.split(' ');
    if (outcome === 'suppressed') return t.why.suppressed[reason ?? ''] ?? key;
    if (outcome === 'replied') return t.why.replied('');
    return t.why[outcome as 'silent' | 'failed' | 'handed_off' | 'superseded'];
  };
  return (
    <section className="rounded-lg border border-line p-4">
      <h2 className="mb-3 text-[13px] font-medium">{t.operations.outcomes}</h2>
      {rows.length === 0 && <p className="text-[13px] text-soft">{t.operations.noTurns}</p>}
      <ul className="flex flex-col gap-2">
        {rows.map(([key, times]) => (
          <li key={key} className="grid grid-cols-[minmax(9rem,2fr)_5fr_3rem] items-center gap-3 text-[13px]">
            <span>{nameOf(key)}</span>
            <span className="h-2 rounded bg-hover">
              <span className="block h-2 rounded bg-accent" style={{ width: `${(times / most) * 100}%` }} />
            </span>
            <span className="text-right tabular-nums">{times}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
