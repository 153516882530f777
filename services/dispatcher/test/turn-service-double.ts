import {
  type BeginTurn,
  type BeginTurnResult,
  type ClaimSend,
  type ClaimSendResult,
  type CommitReply,
  type CommitReplyResult,
  type OutboundMessage,
  type RecordSend,
  type RecordShadowRequest,
  type Turn,
  type TurnServiceServer,
  TurnServiceService,
} from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { serve, unary } from '@baton/rpc/serve.ts';

/** The RPC face of conversation-state as the contract describes it: records every request, and answers as told. */
export interface TurnServiceDouble extends AsyncDisposable {
  address: string;
  begins: BeginTurn[];
  commits: CommitReply[];
  claims: ClaimSend[];
  records: RecordSend[];
  shadows: RecordShadowRequest[];
  /** Sizes of the batches that came, by method. */
  batches: { method: string; size: number }[];
  onBegin: (turn: BeginTurn, nth: number) => BeginTurnResult | Promise<BeginTurnResult>;
  onCommit: (reply: CommitReply, nth: number) => CommitReplyResult;
  onClaim: (send: ClaimSend, nth: number) => ClaimSendResult;
  onRecord: (result: RecordSend, nth: number) => { kind: string };
}

export const token = 'test-service-token';

export async function startTurnServiceDouble(port = 0): Promise<TurnServiceDouble> {
  const double: Omit<TurnServiceDouble, 'address' | typeof Symbol.asyncDispose> = {
    begins: [],
    commits: [],
    claims: [],
    records: [],
    shadows: [],
    batches: [],
    onBegin: (turn) => ({ result: { $case: 'turn', value: turnFor(turn) } }),
    onCommit: () => accepted(),
    onClaim: () => ({ kind: 'settled', message: undefined }),
    onRecord: () => ({ kind: 'recorded' }),
  };
  const each = async <Req, Res>(
    method: string,
    requests: Req[],
    seen: Req[],
    answer: (request: Req, nth: number) => Res | Promise<Res>,
  ) => {
    double.batches.push({ method, size: requests.length });
    return { results: await Promise.all(requests.map((request) => answer(request, seen.push(request)))) };
  };
  const server = await serve({
    host: '127.0.0.1',
    port,
    token,
    services: [
      {
        definition: TurnServiceService,
        implementation: unary<TurnServiceServer>(
          {
            beginTurns: ({ turns }) => each('beginTurns', turns, double.begins, (turn, nth) => double.onBegin(turn, nth)),
            commitReplies: ({ replies }) => each('commitReplies', replies, double.commits, (reply, nth) => double.onCommit(reply, nth)),
            claimSends: ({ sends }) => each('claimSends', sends, double.claims, (send, nth) => double.onClaim(send, nth)),
            recordShadow: async (request) => {
              double.shadows.push(request);
              return {};
            },
            recordSends: ({ results }) => each('recordSends', results, double.records, (result, nth) => double.onRecord(result, nth)),
          },
          () => undefined,
        ),
      },
    ],
  });
  return Object.assign(double, {
    address: `127.0.0.1:${server.port}`,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  });
}

/** The answer to a reply that was accepted; `claimed`: its message is the caller's to send. */
export function accepted(claimed?: OutboundMessage, kind = 'committed'): CommitReplyResult {
  return { kind, outcome: 'replied', messageIds: claimed ? [claimed.messageId] : [], claimed };
}

/** No turn is to begin; `unsent`: messages of its reply whose sender is gone. */
export function noTurn(kind: string, unsent: string[] = []): BeginTurnResult {
  return { result: { $case: 'noTurn', value: { kind, reason: '', unsentMessageIds: unsent } } };
}

/** A turn of one new message, `hello`. */
export function turnFor(begin: Pick<BeginTurn, 'dispatchId' | 'conversationId'>, more: Partial<Turn> = {}): Turn {
  return {
    dispatchId: begin.dispatchId,
    conversationId: begin.conversationId,
    agentId: 'agt_echo',
    channel: 'sms',
    modeEpoch: 1,
    attempt: 1,
    contact: { contactId: 'ctc_1', name: 'Ada', phone: '+15550199', attributes: {} },
    messages: [{ messageId: 'msg_1', role: 'user', text: 'hello', attachments: [], createdAt: new Date() }],
    newMessageIds: ['msg_1'],
    deadline: new Date(Date.now() + 30_000),
    channelAccountId: 'chn_http',
    typing: undefined,
    ...more,
  };
}

/** An outbound message of an AI, claimed for the first time. */
export function outboundFor(
  send: Pick<ClaimSend, 'messageId' | 'workspaceId' | 'conversationId'>,
  more: Partial<OutboundMessage> = {},
): OutboundMessage {
  return {
    messageId: send.messageId,
    workspaceId: send.workspaceId,
    conversationId: send.conversationId,
    channelAccountId: 'chn_http',
    channel: 'sms',
    from: '+15550100',
    to: '+15550199',
    text: 'hello from Baton',
    attachments: [],
    template: undefined,
    claim: 1,
    author: 'ai',
    stale: false,
    metadata: undefined,
    ...more,
  };
}
