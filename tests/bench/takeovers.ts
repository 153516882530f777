import { eventually } from '@baton/testkit/eventually.ts';
import { startFakeOpenAi } from '@baton/testkit/fake-openai.ts';
import { startProduct } from '../support/start.ts';
import { makeWorkspace } from '../support/workspace.ts';
import { type Quantiles, quantiles } from './measure/stats.ts';
import type { RunContext } from './run.ts';

/** Until a model's socket is closed by a takeover in the middle of its answer, in ms. */
export interface TakeoverRun {
  /** From the request of a person. */
  sinceRequest: Quantiles;
  /** From the acknowledgement of it; negative: before. */
  sinceAnswer: Quantiles;
}

const warmUp = 10;

/** One takeover after the other, each while a model writes (its stream has begun and does not end). One process asks, and is the model: one clock. */
export async function takeovers({ signal, say }: RunContext, count = 200): Promise<TakeoverRun> {
  await using running = await startProduct({
    supervise: false,
    env: { BATON_CHECK_ANSWERS: '0', BATON_LOG_LEVEL: 'warn', BATON_RATE_LIMIT_PER_SECOND: '10000', BATON_RATE_LIMIT_BURST: '10000' },
  });
  await using model = await startFakeOpenAi();
  model.respond({ text: 'I was about to say', end: 'hang' });
  const backend = { kind: 'openai', base_url: model.baseUrl, model: 'small', timeout_ms: 60_000 };
  const workspace = await makeWorkspace(running.product, { backend });
  const account = await workspace.addChannel({ provider: 'simulator', channel: 'sms', address: '+12025550190' });
  const sinceRequest: number[] = [];
  const sinceAnswer: number[] = [];
  for (let n = 1; n <= count + warmUp; n++) {
    signal.throwIfAborted();
    const customer = workspace.customer(account);
    await customer.says('Hello?');
    const call = await model.call(n);
    const { conversation_id } = await eventually(() => workspace.conversationOf(customer.address));
    const asked = performance.now();
    await workspace.must('PATCH', `/v1/conversations/${conversation_id}`, { ai_mode: 'human' });
    const answered = performance.now();
    const closed = await eventually(() => call.abandonedAt, Boolean, { everyMs: 1 });
    if (n <= warmUp) continue;
    sinceRequest.push((closed ?? 0) - asked);
    sinceAnswer.push((closed ?? 0) - answered);
    await workspace.must('PATCH', `/v1/conversations/${conversation_id}`, { ai_mode: 'closed' });
  }
  say(`${count} takeovers`);
  const sorted = (values: number[]) => quantiles(Float64Array.from(values).sort());
  return { sinceRequest: sorted(sinceRequest), sinceAnswer: sorted(sinceAnswer) };
}
