import type { Operations } from '../data/types.ts';
import { useTexts } from '../texts/texts.tsx';
import { useTimes } from '../texts/use-times.ts';
import { Figure } from './figure.tsx';

/** What to look at first: how much, how fast, and whether anything stands. */
export function Summary({ figures }: { figures: Operations }) {
  const o = useTexts().operations;
  const times = useTimes();
  const total = figures.traffic?.total;
  const count = (value: number | null | undefined) => (value === null || value === undefined ? '–' : value.toLocaleString());
  const took = (ms: number | null | undefined) => (ms === null || ms === undefined ? '–' : times.duration(ms));
  const backlog = figures.webhooks?.reduce((sum, { pending }) => sum + pending, 0);
  const behind = figures.consumers?.reduce((sum, { pending }) => sum + pending, 0);
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-4">
      <Figure name={o.received} value={count(total?.received)} />
      <Figure name={o.replied} value={count(total?.replied)} />
      <Figure name={o.sent} value={count(total?.sent)} />
      <Figure name={o.failed} value={count(total?.failed)} bad={(total?.failed ?? 0) > 0} />
      <Figure name={o.latency} value={took(total?.latency_p50_ms)} more={o.p95(took(total?.latency_p95_ms))} />
      <Figure name={o.deadLetters} value={count(figures.open_dead_letters)} bad={(figures.open_dead_letters ?? 0) > 0} />
      <Figure name={o.webhookBacklog} value={count(backlog)} />
      {figures.consumers && <Figure name={o.behind} value={count(behind)} />}
    </dl>
  );
}
