import { startProduct } from '../support/start.ts';
import { badManners, type Manner, WebhookCrowd } from '../support/subscribers/crowd.ts';
import { cpuBetween, readCpu } from './measure/proc.ts';
import { type Quantiles, quantiles } from './measure/stats.ts';
import { cpus, type RunContext } from './run.ts';
import { componentsOf } from './targets/product.ts';
import type { Component } from './targets/target.ts';

/** One load on twenty endpoints, 16 of which are measured. Times in ms from what happened to the arrival of the request. */
export interface WebhookRun {
  latency: Quantiles;
  events: number;
  /** Requests to all endpoints, failed ones included, a second. */
  requests: number;
  /** Shares of the machine (0–1): in all, and by what does not belong to the benchmark. */
  busy: number;
  others: number;
}

export interface WebhookRound {
  without: WebhookRun;
  withBad: WebhookRun;
}

const measured: Manner[] = Array.from({ length: 16 }, () => 'good' as const);
const four: Manner[] = ['good', 'good', 'good', 'good'];
/** Low enough for one machine that is subscriber to itself: two or three events a message, each to twenty endpoints. */
const perSecond = 10;

/** The 16 beside four good ones and beside four bad ones, taking turns; what a new stack is slow at is not part of any figure. */
export async function webhooks({ options, signal, say }: RunContext): Promise<WebhookRound[]> {
  await using running = await startProduct({
    supervise: false,
    env: { BATON_CHECK_ANSWERS: '0', BATON_LOG_LEVEL: 'warn', BATON_RATE_LIMIT_PER_SECOND: '10000', BATON_RATE_LIMIT_BURST: '10000' },
  });
  const components: Component[] = [...componentsOf(running.stack), { name: 'subscribers and customers', pid: () => process.pid }];
  const one = async (name: string, others: Manner[], seconds: number): Promise<WebhookRun> => {
    signal.throwIfAborted();
    await using crowd = await WebhookCrowd.open(running.product, [...measured, ...others]);
    const run = await load(crowd, components, seconds);
    say(
      `${name}: p50 ${run.latency.p50} ms, p99 ${run.latency.p99} ms, ${run.requests.toFixed(0)} requests/s, others ${percent(run.others)}`,
    );
    return run;
  };
  await one('warm-up', badManners, Math.min(5, options.seconds));
  const rounds: WebhookRound[] = [];
  for (let round = 1; round <= options.rounds; round++) {
    const name = `${round}/${options.rounds}`;
    const first = round % 2 === 1 ? await one(`${name} without`, four, options.seconds) : undefined;
    const withBad = await one(`${name} with bad ones`, badManners, options.seconds);
    rounds.push({ without: first ?? (await one(`${name} without`, four, options.seconds)), withBad });
  }
  return rounds;
}

/** Every customer writes twice: bad endpoints meet new conversations all the time, and have old ones waiting. */
async function load(crowd: WebhookCrowd, components: Component[], seconds: number): Promise<WebhookRun> {
  const before = readCpu(components);
  const each = 2;
  const events = await crowd.write({ customers: Math.max(1, Math.round((seconds * perSecond) / each)), each, perSecond });
  const spent = cpuBetween(before, readCpu(components));
  const latencies = crowd.subscribers.slice(0, measured.length).flatMap(({ arrivals }) => arrivals.map(({ latencyMs }) => latencyMs));
  const requests = crowd.subscribers.reduce((sum, { arrivals }) => sum + arrivals.length, 0);
  const own = Object.values(spent.seconds).reduce((sum, x) => sum + x, 0);
  return {
    latency: quantiles(Float64Array.from(latencies).sort()),
    events: events.length,
    requests: requests / spent.wall,
    busy: (own + spent.other) / (spent.wall * cpus),
    others: spent.other / (spent.wall * cpus),
  };
}

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
