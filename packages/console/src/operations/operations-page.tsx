import { useCallback, useEffect, useState } from 'react';
import { MenuButton } from '../app/menu-button.tsx';
import { useLiveEvents } from '../live/live.tsx';
import { useTexts } from '../texts/texts.tsx';
import { useTimes } from '../texts/use-times.ts';
import { Chart } from './chart.tsx';
import { DeadLetters } from './dead-letters.tsx';
import { Figure } from './figure.tsx';
import { Outcomes } from './outcomes.tsx';
import { count, empty, median, tick } from './tally.ts';

/** What happens right now, counted from the stream that the console follows anyway. */
export function OperationsPage() {
  const t = useTexts();
  const times = useTimes();
  const [tally, setTally] = useState(empty);
  useLiveEvents(useCallback((events) => setTally((before) => count(before, events)), []));
  useEffect(() => {
    const timer = setInterval(() => setTally(tick), 1000);
    return () => clearInterval(timer);
  }, []);
  const latency = median(tally.latencies);
  return (
    <div className="flex h-full flex-col">
      <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line px-4 md:px-6">
        <MenuButton />
        <h1 className="text-[15px] font-semibold">{t.nav.operations}</h1>
      </header>
      <main className="min-h-0 flex-1 overflow-y-auto p-4 md:p-6">
        <div className="mx-auto flex max-w-5xl flex-col gap-6">
          <p className="text-soft">{t.operations.since}</p>
          <div className="grid grid-cols-2 gap-3 md:grid-cols-4">
            <Figure name={t.operations.received} value={String(tally.received)} />
            <Figure name={t.operations.sent} value={String(tally.sent)} />
            <Figure name={t.operations.failed} value={String(tally.failed)} bad={tally.failed > 0} />
            <Figure name={t.operations.latency} value={latency === undefined ? '–' : times.duration(latency)} />
          </div>
          <section className="rounded-lg border border-line p-4">
            <h2 className="mb-3 text-[13px] font-medium">{t.operations.events}</h2>
            <Chart values={tally.perSecond} label={t.operations.events} />
          </section>
          <Outcomes outcomes={tally.outcomes} />
          <DeadLetters />
        </div>
      </main>
    </div>
  );
}
