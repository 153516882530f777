/** A guard taken out of the code, and the faults under which its absence must show. */
export interface Bug {
  name: string;
  changes: readonly Change[];
  faults: readonly string[];
  /** Few, where it only shows when people take a certain conversation over at a certain moment. */
  customers?: number;
}

export interface Change {
  file: string;
  /** Stands exactly once in the file. */
  find: string;
  replace: string;
}

const state = 'services/conversation-state/src';
const dispatcher = 'services/dispatcher/src';
const gateway = 'services/gateway/src';
const slowOutside = ['ai', 'provider', 'freeze-sends'];

export const bugs: readonly Bug[] = [
  {
    name: 'a takeover does not move the epoch',
    changes: [
      {
        file: `${state}/domain/change-mode.ts`,
        find: '  conversation.mode_epoch += 1;\n',
        replace: '',
      },
    ],
    faults: slowOutside,
  },
  {
    name: 'a reply is committed whatever the mode and the epoch',
    changes: [
      {
        file: `${state}/domain/commit-reply.ts`,
        find: "const stale = conversation.ai_mode !== 'ai' || conversation.mode_epoch !== (request.epoch ?? dispatch.mode_epoch);",
        replace: 'const stale = false;',
      },
    ],
    faults: slowOutside,
  },
  {
    name: 'a takeover leaves queued replies in the queue, and the claim does not look',
    changes: [
      {
        file: `${state}/domain/send.ts`,
        find: "return message.mode_epoch !== conversation.mode_epoch || (conversation.ai_mode !== 'ai' && !message.parting);",
        replace: 'return conversation.mode_epoch < 0;',
      },
      {
        file: `${state}/domain/change-mode.ts`,
        find: '  for (const message of cancelled) cancelMessage(ledger, conversation, message);\n',
        replace: '',
      },
    ],
    faults: ['provider'],
  },
  {
    name: 'the answer to a takeover names nothing',
    changes: [
      {
        file: `${state}/wire/mode-change.ts`,
        find: 'const inFlight = [...loaded.doubtfulSends, ...sending];',
        replace: 'const inFlight = [...loaded.doubtfulSends, ...sending].slice(0, 0);',
      },
    ],
    faults: ['freeze-sends'],
  },
  {
    // Each of the two backs the other up.
    name: 'the lock on a conversation is not taken, and what is written does not ask for what was read',
    changes: [
      {
        file: `${state}/store/load.ts`,
        find: 'where conversation_id = any($1::text[]) order by conversation_id for update`',
        replace: 'where conversation_id = any($1::text[]) order by conversation_id`',
      },
      {
        file: `${state}/store/write.ts`,
        find: "fence: ['mode_epoch', 'event_sequence'] }",
        replace: 'fence: [] }',
      },
    ],
    faults: ['freeze-replies'],
    customers: 5,
  },
  {
    name: 'a message that was received before is stored again',
    changes: [
      {
        file: `${state}/inbound/receive-batch.ts`,
        find: '    if (at.known.has(key)) {',
        replace: '    if (at.known.size < 0 && at.known.has(key)) {',
      },
    ],
    faults: ['kill-nats', 'kill-conversation-state', 'duplicates'],
  },
  {
    name: 'inbound is acknowledged before it is stored',
    changes: [
      {
        file: `${state}/inbound/lane.ts`,
        find: '    const items: InboundItem[] = batch.map((read) => decodeInbound(read.message));\n',
        replace:
          '    for (const read of batch) taken(read.message);\n    const items: InboundItem[] = batch.map((read) => decodeInbound(read.message));\n',
      },
    ],
    faults: ['kill-conversation-state', 'kill-points'],
  },
  {
    name: 'a webhook is answered before JetStream has the message',
    changes: [
      {
        file: 'services/ingest/src/http/store-accepted.ts',
        find: '    await deps.publisher.store(parsed);',
        replace: '    void deps.publisher.store(parsed).catch(() => undefined);',
      },
    ],
    faults: ['kill-nats', 'kill-ingest', 'network-nats'],
  },
  {
    name: 'the outbox is emptied before it is published',
    changes: [
      {
        file: `${state}/outbox/relay.ts`,
        find: "    if (chains.length > 0) killPoint('outbox.before_publish');\n",
        replace: "    this.#table.published(chains.flat());\n    if (chains.length > 0) killPoint('outbox.before_publish');\n",
      },
    ],
    faults: ['kill-nats', 'kill-conversation-state', 'kill-points'],
  },
  {
    name: 'events of a conversation are published without regard to what went before',
    changes: [
      {
        file: `${state}/outbox/continuity.ts`,
        find: '      if (sequence !== expected) return false;\n',
        replace: '      if (sequence < 0) return false;\n',
      },
    ],
    faults: ['kill-conversation-state', 'freeze-conversation-state', 'kill-nats'],
  },
  {
    name: 'a signal is acknowledged before the work is done',
    changes: [
      {
        file: 'packages/bus/src/consume.ts',
        find: '    inHand.set(message, tick);\n',
        replace: '    inHand.set(message, tick);\n    message.ack();\n',
      },
    ],
    faults: ['kill-dispatcher', 'kill-points', 'kill-conversation-state'],
  },
  {
    name: 'what is in doubt is sent again, to whatever provider',
    changes: [
      {
        file: `${dispatcher}/domain/in-doubt.ts`,
        find: 'return d.idempotentSend && !d.stale && d.deliveries < mostDoubtfulDeliveries',
        replace: 'return !d.stale && d.deliveries < mostDoubtfulDeliveries',
      },
    ],
    faults: ['kill-dispatcher', 'provider'],
  },
  {
    name: 'a provider that did not answer is asked again',
    changes: [
      {
        file: `${dispatcher}/sends/ask-provider.ts`,
        find: '    const read = classifyNetworkError(can, error.phase);\n',
        replace: "    const read = classifyNetworkError(can, 'before_request');\n",
      },
      {
        file: `${dispatcher}/sends/ask-provider.ts`,
        find: "    return { kind: error.phase === 'before_request' ? 'surely_not_sent' : 'again',",
        replace: "    return { kind: 'surely_not_sent',",
      },
    ],
    faults: ['provider'],
  },
  {
    name: 'an unknown send counts as sent',
    changes: [
      {
        file: `${dispatcher}/sends/send-message.ts`,
        find: "      return { ...base, outcome: 'unknown', errorCode: 'no_answer', errorDetail: asked.detail };",
        replace: "      return { ...base, outcome: 'sent', providerMessageId: '', errorDetail: asked.detail };",
      },
    ],
    faults: ['provider'],
  },
  {
    name: 'messages do not wait for the ones before them',
    changes: [
      {
        file: `${state}/domain/send.ts`,
        find: "  if (loaded.blocked) return { kind: 'waits' };\n",
        replace: '',
      },
    ],
    faults: ['provider'],
  },
  {
    name: 'nobody looks for work that was left behind',
    changes: [
      {
        file: `${state}/timers/sweeper.ts`,
        find: '    for (const stuck of rows) {\n',
        replace: '    for (const stuck of rows.slice(0, 0)) {\n',
      },
    ],
    // Whatever else fails, JetStream brings it again, unless it has lost it.
    faults: ['nats-store'],
  },
  {
    name: 'a repeated command is decided anew',
    changes: [
      {
        file: `${state}/commands/run.ts`,
        find: '      if (loaded.earlier) return { answer: codec.decode(loaded.earlier.result), steps: [] };\n',
        replace: '',
      },
    ],
    faults: ['kill-gateway', 'network-conversation-state', 'kill-points'],
  },
  {
    name: 'a stream goes on behind what it has not shown',
    changes: [
      {
        file: `${gateway}/stream/catch-up.ts`,
        find: '      if (!(await copy({ hub, reader, incarnation, upTo: target, active, seen }))) return;\n',
        replace: '      if (reader.closed && !(await copy({ hub, reader, incarnation, upTo: target, active, seen }))) return;\n',
      },
    ],
    faults: ['kill-gateway'],
  },
  {
    name: 'a failed webhook counts as delivered',
    changes: [
      {
        file: `${dispatcher}/domain/webhook/verdict.ts`,
        find: 'answered.status >= 200 && answered.status < 300',
        replace: 'answered.status >= 200',
      },
    ],
    faults: ['subscriber'],
  },
  {
    name: 'webhooks of a conversation overtake each other',
    changes: [
      {
        file: `${dispatcher}/store/webhooks/claims.ts`,
        find: "d.status = 'pending'\n      order by d.sequence, d.delivery_id limit 1) d",
        replace: "d.status = 'pending'\n      order by d.sequence desc, d.delivery_id desc limit 1) d",
      },
    ],
    faults: ['subscriber'],
  },
  {
    name: 'two replies are made of one turn',
    changes: [
      {
        file: `${state}/domain/commit-reply.ts`,
        find: "  if (dispatch.outcome !== 'in_flight') return alreadySettled(ledger, dispatch, loaded.modeContext.openSends, request.claimant);\n",
        replace: '',
      },
    ],
    faults: ['kill-points', 'network-conversation-state', 'freeze-dispatcher'],
  },
  {
    name: 'a turn that was cut short is never begun again',
    changes: [
      {
        file: `${state}/domain/begin-turn.ts`,
        find: "  if (dispatch.outcome === 'in_flight' && !redelivered) return { kind: 'held' };\n",
        replace: "  if (dispatch.outcome === 'in_flight') return { kind: 'held' };\n",
      },
    ],
    faults: ['kill-dispatcher'],
  },
];
