import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import { useTheme } from '../app/theme.tsx';

export interface Line {
  name: string;
  /** A name of a colour in styles.css. */
  colour: '--accent' | '--human-text' | '--danger-text' | '--warn-text';
  values: readonly (number | null)[];
  fill?: boolean;
}

interface Props {
  label: string;
  /** Seconds since 1970. */
  times: readonly number[];
  lines: readonly Line[];
  /** How the scale's figures are written. */
  say: (value: number) => string;
}

const height = 170;

/** Lines over time; the figures beside it say the same to who cannot see it. */
export function Chart({ label, times, lines, say }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const { theme } = useTheme();
  const names = lines.map(({ name, colour, fill }) => `${name}|${colour}|${fill}`).join();
  // Its colours are read when it is made, so it is made anew when they change.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const made = new UPlot(optionsOf({ width: element.clientWidth, lines, say }), [[]], element);
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
    };
  }, [theme, names, say]);
  useEffect(() => {
    plot.current?.setData([[...times], ...lines.map(({ values }) => [...values])]);
  }, [times, lines, theme, names, say]);
  return (
    <section className="min-w-0 rounded-lg border border-line p-4">
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2 className="text-[13px] font-medium">{label}</h2>
        <ul className="flex gap-3 text-xs text-soft">
          {lines.map(({ name, colour }) => (
            <li key={name} className="flex items-center gap-1.5">
              <span aria-hidden className="h-0.5 w-3 rounded" style={{ background: `var(${colour})` }} />
              {name}
            </li>
          ))}
        </ul>
      </div>
      <div ref={box} role="img" aria-label={`${label}: ${summary(lines, say)}`} className="h-[170px] w-full" />
    </section>
  );
}

function optionsOf({ width, lines, say }: { width: number } & Pick<Props, 'lines' | 'say'>): UPlot.Options {
  const styles = getComputedStyle(document.documentElement);
  const colourOf = (name: string) => styles.getPropertyValue(name).trim();
  const axis = {
    stroke: colourOf('--ink-faint'),
    grid: { stroke: colourOf('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui',
  };
  return {
    width,
    height,
    cursor: { show: false },
    legend: { show: false },
    scales: { y: { range: (_, __, most) => [0, Math.max(4, (most || 0) * 1.15)] } },
    axes: [
      { ...axis, size: 26, values: (_, ticks) => ticks.map((at) => new Date(at * 1000).toTimeString().slice(0, 5)) },
      { ...axis, size: 56, values: (_, ticks) => ticks.map((value) => (value === 0 ? '0' : say(value))) },
    ],
    series: [
      {},
      ...lines.map(({ colour, fill }) => ({
        stroke: colourOf(colour),
        width: 1.5,
        points: { show: isSparse, size: 5 },
        spanGaps: true,
        ...(fill && { fill: `${colourOf(colour)}1a` }),
      })),
    ],
  };
}

/** Few values: one between two gaps would not be seen as a line. */
function isSparse(plot: UPlot, series: number): boolean {
  return [...(plot.data[series] ?? [])].filter((value) => value !== null && value !== undefined).length <= 30;
}

function summary(lines: readonly Line[], say: (value: number) => string): string {
  return lines.map(({ name, values }) => `${name} ${say(values.findLast((value) => value !== null) ?? 0)}`).join(', ');
}
