import { type Attributes, metrics } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

const reader = new PrometheusExporter({ preventServerStart: true });
const provider = new MeterProvider({ readers: [reader] });
metrics.setGlobalMeterProvider(provider);
const meter = provider.getMeter('baton');
const serializer = new PrometheusSerializer('baton', false);

/** Counts events. Labels are words of a small fixed set: an id as a label would make one series per conversation. */
export function counter(name: string, description: string): (by?: number, labels?: Attributes) => void {
  const instrument = meter.createCounter(name, { description });
  return (by = 1, labels) => instrument.add(by, labels);
}

/** Durations in seconds. */
export function duration(name: string, description: string): (seconds: number, labels?: Attributes) => void {
  const instrument = meter.createHistogram(name, {
    description,
    unit: 's',
    advice: { explicitBucketBoundaries: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] },
  });
  return (seconds, labels) => instrument.record(seconds, labels);
}

/** A value read when somebody looks. */
export function gauge(name: string, description: string, read: () => number): void {
  meter.createObservableGauge(name, { description }).addCallback((result) => result.observe(read()));
}

/** Prometheus text of everything counted so far. */
export async function metricsText(): Promise<string> {
  const { resourceMetrics } = await reader.collect();
  return serializer.serialize(resourceMetrics);
}

gauge('process_resident_memory_bytes', 'Resident memory of the process', () => process.memoryUsage.rss());
gauge('process_heap_used_bytes', 'Heap in use', () => process.memoryUsage().heapUsed);
gauge('process_cpu_seconds', 'CPU seconds used since start', () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
});
