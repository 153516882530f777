import type { AiCall } from '@baton/testkit/fake-ai.ts';
import type { StubAnswer } from '@baton/testkit/http-stub.ts';

/** The turn's id makes every reply unlike any other, and the same when a turn is taken anew. */
export function answerOf({ turn }: AiCall): StubAnswer {
  return { json: { text: `Answer ${turn.dispatch_id}` }, delayMs: 20 };
}
