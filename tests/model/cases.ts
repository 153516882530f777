/** Parts of the world that the model can take in or leave out; the smaller the world, the more may go wrong in it. */
export const worlds = {
  'one message, one operator, two faults': ['MESSAGES=1', 'OPERATORS=1', 'FAULTS=2'],
  'one message, two operators, one fault': ['MESSAGES=1', 'OPERATORS=2', 'FAULTS=1'],
  'two messages, one operator, one fault': ['MESSAGES=2', 'OPERATORS=1', 'FAULTS=1'],
  'hand-off by the AI': ['MESSAGES=1', 'OPERATORS=1', 'FAULTS=2', 'HANDOFF'],
  'a person answers outside': ['MESSAGES=1', 'OPERATORS=1', 'FAULTS=2', 'ECHO'],
  'answers that come later': ['MESSAGES=1', 'OPERATORS=1', 'FAULTS=2', 'ASYNC'],
} as const satisfies Record<string, readonly string[]>;

/** Larger worlds, minutes and gigabytes each: `npm run model -- --deep`. */
export const deepWorlds = {
  'two messages, hand-off': ['MESSAGES=2', 'OPERATORS=1', 'FAULTS=1', 'HANDOFF'],
  'two messages, a person outside': ['MESSAGES=2', 'OPERATORS=1', 'FAULTS=1', 'ECHO'],
  'two messages, later answers': ['MESSAGES=2', 'OPERATORS=1', 'FAULTS=1', 'ASYNC'],
  'two operators and everything': ['MESSAGES=1', 'OPERATORS=2', 'FAULTS=1', 'HANDOFF', 'ECHO', 'ASYNC'],
} as const satisfies Record<string, readonly string[]>;

export type World = keyof typeof worlds | keyof typeof deepWorlds;

/** A guard of the code taken out of the model, and the world in which spin must find what that breaks. */
export interface Mutant {
  guard: string;
  /** The function that has it. */
  in: string;
  world: keyof typeof worlds;
  flags: readonly string[];
  /** Guards that back each other up are taken out together; each of these flags alone must break nothing. */
  aloneHarmless?: true;
}

const small = 'one message, one operator, two faults';

export const mutants: readonly Mutant[] = [
  { guard: 'the epoch moves with the mode', in: 'changeMode', world: small, flags: ['NO_EPOCH'] },
  { guard: 'queued replies are cancelled', in: 'changeMode, cancelQueued', world: small, flags: ['NO_CANCEL'] },
  { guard: 'what a hand-off left is cancelled too', in: 'changeMode', world: 'hand-off by the AI', flags: ['NO_LEFTOVERS'] },
  {
    guard: 'last words lose their privilege once a person asks for the conversation',
    in: 'changeMode, cancelQueued',
    world: 'hand-off by the AI',
    flags: ['NO_PARTING_ENDED'],
  },
  {
    guard: 'the waiting turn is suppressed; a turn begins only while the mode is ai',
    in: 'changeMode, beginTurn',
    world: small,
    flags: ['NO_SUPPRESS', 'NO_BEGIN_MODE'],
    aloneHarmless: true,
  },
  { guard: 'a turn of an older epoch does not begin again', in: 'beginTurn', world: small, flags: ['NO_BEGIN_EPOCH'] },
  { guard: 'a turn that runs is not begun by a first signal', in: 'beginTurn', world: small, flags: ['NO_HELD'] },
  { guard: 'one turn at a time', in: 'beginTurn', world: 'two messages, one operator, one fault', flags: ['NO_ONE_TURN'] },
  { guard: 'a reply is checked at all', in: 'commitReply', world: small, flags: ['NO_COMMIT_FENCE'] },
  { guard: 'a reply is checked by epoch, not by mode alone', in: 'commitReply', world: small, flags: ['NO_COMMIT_EPOCH'] },
  { guard: 'a dispatch is settled once', in: 'commitReply', world: small, flags: ['NO_SETTLED'] },
  { guard: 'a provider id makes one message', in: 'receiveMessage', world: small, flags: ['NO_DEDUP'] },
  {
    guard: 'the claim looks at mode and epoch; so does the way back to the queue',
    in: 'claimSend, requeue',
    world: small,
    flags: ['NO_CLAIM_FENCE', 'NO_REQUEUE_FENCE'],
    aloneHarmless: true,
  },
  {
    guard: 'the claim looks at the epoch, not at the mode alone',
    in: 'claimSend, requeue',
    world: small,
    flags: ['NO_CLAIM_EPOCH', 'NO_REQUEUE_FENCE'],
    aloneHarmless: true,
  },
  { guard: 'a result of an older claim changes nothing', in: 'recordSend', world: small, flags: ['NO_CLAIM_NUMBER'] },
  { guard: 'sending again takes a claim of its own', in: 'claimSend', world: small, flags: ['NO_RECLAIM'] },
  { guard: 'every attempt asks under a name of its own', in: 'claimSend', world: small, flags: ['NO_FRESH_CLAIMANT'] },
  { guard: 'a stale message is not sent again', in: 'claimSend, settleDoubt', world: small, flags: ['NO_DOUBT_STALE'] },
  { guard: 'sent again only where the provider keeps one per key', in: 'settleDoubt', world: small, flags: ['NO_DOUBT_IDEMPOTENT'] },
  { guard: '"surely not sent" counts only for a first attempt', in: 'deliver', world: small, flags: ['NO_REPEAT_KEPT'] },
  { guard: 'what is unknown may still arrive, and is named', in: 'inFlight', world: small, flags: ['NO_UNKNOWN_LISTED'] },
  { guard: 'in_flight is read under the lock of the change', in: 'handleUpdateConversation', world: small, flags: ['NO_LIST_UNDER_LOCK'] },
  {
    guard: 'If-Match names the epoch',
    in: 'updateConversation',
    world: 'one message, two operators, one fault',
    flags: ['NO_IF_MATCH'],
  },
  { guard: 'closed stays closed', in: 'updateConversation', world: small, flags: ['NO_CLOSED'] },
  {
    guard: 'a reply from outside takes over',
    in: 'receiveMessage, appendEcho',
    world: 'a person answers outside',
    flags: ['NO_ECHO_TAKEOVER'],
  },
  {
    guard: 'our own words, shown before the send is answered, are held',
    in: 'whoseEcho, settleEchoes',
    world: 'a person answers outside',
    flags: ['NO_ECHO_HELD'],
  },
  {
    guard: 'our own words, shown when nobody answered the send, tell its fate',
    in: 'whoseEcho',
    world: 'a person answers outside',
    flags: ['NO_ECHO_OF_UNKNOWN'],
  },
];
