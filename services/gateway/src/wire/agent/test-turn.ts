import type { TestTurnResponse } from '@baton/contracts/gen/baton/delivery/v1/backend_service.ts';
import { invalidField } from '@baton/errors/baton-error.ts';
import type { Static } from 'typebox';
import type { TestTurn, TestTurnResult } from '../../schemas/agent/test-turn.ts';
import { usageJson } from '../conversation.ts';
import { attachmentsOf, textOf } from '../message.ts';

/** The messages of a made-up turn; one text is a customer's only message. */
export function testMessages(body: Static<typeof TestTurn>) {
  if ((body.text === undefined) === (body.messages === undefined)) throw invalidField('/messages', 'give either messages or one text');
  const given = body.messages ?? [{ role: 'user' as const, text: body.text ?? '' }];
  if (given.at(-1)?.role !== 'user') throw invalidField('/messages', 'must end with one of the role user, which is to be answered');
  return given.map((one) => {
    const attachments = 'attachments' in one ? attachmentsOf(one.attachments) : [];
    return { role: one.role, text: textOf({ text: one.text }), attachments, messageId: '', createdAt: undefined };
  });
}

export function testTurnJson({ result, attempts, latencyMs, usage }: TestTurnResponse): Static<typeof TestTurnResult> {
  const reply = result?.$case === 'reply' ? result.value : undefined;
  const said = {
    reply: reply && reply.messages.length === 0 && !reply.handoff ? 'silent' : 'reply',
    deferred: 'deferred',
    error: 'failed',
  } as const;
  return {
    result: said[result?.$case ?? 'error'],
    messages: (reply?.messages ?? []).map((one) => ({
      text: one.text,
      attachments: one.attachments.map((a) => ({ url: a.url, content_type: a.contentType, size: a.size, name: a.name })),
    })),
    handoff: reply?.handoff ? { reason: reply.handoff.reason, summary: reply.handoff.summary ?? null } : null,
    close: reply?.close ?? false,
    tags: reply?.tags ?? [],
    status: (reply?.status ?? null) as Static<typeof TestTurnResult>['status'],
    metadata: reply?.metadata ?? {},
    error: result?.$case === 'error' ? result.value : null,
    attempts,
    latency_ms: latencyMs,
    usage: usageJson(usage),
  };
}
