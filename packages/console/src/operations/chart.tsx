import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import { useTheme } from '../app/theme.tsx';

/** The last minutes as a line; the numbers beside it say the same to who cannot see it. */
export function Chart({ values, label }: { values: readonly number[]; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const { theme } = useTheme();
  // Its colours are read when it is made, so it is made anew when they change.
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const styles = getComputedStyle(document.documentElement);
    const colour = (name: string) => styles.getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--ink-faint'),
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
      font: '11px system-ui',
    };
    const made = new UPlot(
      {
        width: element.clientWidth,
        height: 180,
        cursor: { show: false },
        legend: { show: false },
        scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(4, Math.ceil(most * 1.2))] } },
        axes: [
          { ...axis, values: (_, ticks) => ticks.map((at) => (at === 0 ? '0' : `${at} s`)) },
          { ...axis, size: 40 },
        ],
        series: [{}, { stroke: colour('--accent'), width: 1.5, fill: colour('--accent-soft'), points: { show: false } }],
      },
      [[], []],
      element,
    );
    plot.current = made;
    const resized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: 180 }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      made.destroy();
    };
  }, [theme]);
  useEffect(() => {
    plot.current?.setData([values.map((_, index) => index - values.length + 1), [...values]]);
  }, [values, theme]);
  return <div ref={box} role="img" aria-label={`${label}: ${values.slice(-10).join(', ')}`} className="h-[180px] w-full" />;
}
