import {
  type BeginTurn,
  type BeginTurnResult,
  type ClaimSend,
  type ClaimSendResult,
  type CommitReply,
  type CommitReplyResult,
  type RecordSend,
  type RecordSendResult,
  type RecordShadowRequest,
  TurnServiceClient,
} from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { Batcher } from '@baton/rpc/batcher.ts';
import { createClient } from '@baton/rpc/client.ts';
import { openHealthProbe } from '@baton/rpc/probe.ts';

/** What the dispatcher asks conversation-state; each call travels with whatever else is waiting at that moment. */
export interface TurnClient extends Disposable {
  beginTurn(request: BeginTurn): Promise<BeginTurnResult>;
  commitReply(request: CommitReply): Promise<CommitReplyResult>;
  claimSend(request: ClaimSend): Promise<ClaimSendResult>;
  recordSend(request: RecordSend): Promise<RecordSendResult>;
  recordShadow(request: RecordShadowRequest): Promise<unknown>;
  /** undefined when conversation-state serves, else one sentence. */
  problem(): Promise<string | undefined>;
}

const limits = { maxBatch: 128, maxInFlight: 4, minBeside: 64 };
const timeoutMs = 10_000;

export function openTurnClient(o: { address: string; token: string }): TurnClient {
  // Repeated by us alone, who know it: a turn whose first BeginTurn got through unheard would be answered as held, and run by nobody.
  const client = createClient(TurnServiceClient, { ...o, timeoutMs, retries: false });
  const probe = openHealthProbe({ ...o, name: 'conversation-state' });
  return {
    beginTurn: batched(async (turns: BeginTurn[]) => (await client.beginTurns({ turns })).results),
    commitReply: batched(async (replies: CommitReply[]) => (await client.commitReplies({ replies })).results),
    claimSend: batched(async (sends: ClaimSend[]) => (await client.claimSends({ sends })).results),
    recordSend: batched(async (results: RecordSend[]) => (await client.recordSends({ results })).results),
    recordShadow: (request) => client.recordShadow(request),
    problem: () => probe.problem(),
    [Symbol.dispose]() {
      probe[Symbol.dispose]();
      client[Symbol.dispose]();
    },
  };
}

/** Whether the other side could not be reached at all (or not in time), so that the same call may well succeed later. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof BatonError && (error.code === 'unavailable' || error.code === 'timeout');
}

/** One request that no batch survives must not drag its neighbours along: a batch refused as a whole is asked again one by one. */
function batched<Req, Res>(send: (requests: Req[]) => Promise<Res[]>): (request: Req) => Promise<Res> {
  const batcher = new Batcher<Req, () => Res>({
    ...limits,
    async send(requests) {
      try {
        return (await send(requests)).map((answer) => () => answer);
      } catch (error) {
        if (requests.length === 1 || isUnreachable(error)) throw error;
        return Promise.all(requests.map((request) => alone(send, request)));
      }
    },
  });
  return async (request) => (await batcher.add(request))();
}

async function alone<Req, Res>(send: (requests: Req[]) => Promise<Res[]>, request: Req): Promise<() => Res> {
  try {
    const [answer] = await send([request]);
    if (answer === undefined) throw new Error('A batch of 1 was answered by 0.');
    return () => answer;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
