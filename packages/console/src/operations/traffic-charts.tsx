import { useMemo } from 'react';
import type { Operations } from '../data/types.ts';
import { useTexts } from '../texts/texts.tsx';
import { useTimes } from '../texts/use-times.ts';
import { Chart, type Line } from './chart.tsx';

type Traffic = NonNullable<Operations['traffic']>;

const plain = (value: number) => (Number.isInteger(value) ? value.toLocaleString() : '');

/** Messages and the AI's times, minute by minute. */
export function TrafficCharts({ traffic }: { traffic: Traffic }) {
  const o = useTexts().operations;
  const { duration } = useTimes();
  const { minutes } = traffic;
  const at = useMemo(() => minutes.map(({ minute }) => Date.parse(minute) / 1000), [minutes]);
  const messages = useMemo(
    (): Line[] => [
      { name: o.received, colour: '--human-text', values: minutes.map(({ received }) => received), fill: true },
      { name: o.sent, colour: '--accent', values: minutes.map(({ sent }) => sent) },
      { name: o.failed, colour: '--danger-text', values: minutes.map(({ failed }) => failed) },
    ],
    [minutes, o],
  );
  const latency = useMemo(
    (): Line[] => [
      { name: 'p50', colour: '--accent', values: minutes.map(({ latency_p50_ms }) => latency_p50_ms), fill: true },
      { name: 'p95', colour: '--warn-text', values: minutes.map(({ latency_p95_ms }) => latency_p95_ms) },
    ],
    [minutes],
  );
  return (
    <div className="grid gap-6 lg:grid-cols-2">
      <Chart label={o.perMinute} times={at} lines={messages} say={plain} />
      <Chart label={o.latencyOverTime} times={at} lines={latency} say={duration} />
    </div>
  );
}
