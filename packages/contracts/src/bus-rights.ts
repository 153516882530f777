import { filesBucket } from './files.ts';
import {
  accessChangedSubject,
  directoryBucket,
  eventSubjects,
  outboxWakeSubjects,
  rebuildConsumer,
  streams,
  webhookWakeSubject,
} from './subjects.ts';

/** Who connects to NATS: each service as itself, and the operator of the installation, who may do everything. */
export const busUsers = ['conversation-state', 'dispatcher', 'ingest', 'gateway', 'operator'] as const;
export type BusUser = (typeof busUsers)[number];

/** Subjects that a user may publish to, and those it may hear. Nothing else. */
export interface BusRights {
  publish: string[];
  subscribe: string[];
}

/** What its requests are answered on: a user that could hear another's would read whatever that one fetches. */
export function inboxPrefixOf(user: string): string {
  return `_INBOX.${user}`;
}

/** undefined: everything. `simulator`: whether ingest keeps simulated phones, which need a stream of its own. */
export function busRights(user: BusUser, o: { simulator: boolean }): BusRights | undefined {
  if (user === 'operator') return undefined;
  const { publish, subscribe } = own[user]();
  if (user === 'ingest' && o.simulator) publish.push(...simulatedPhones);
  return { publish: [...new Set(['$JS.API.INFO', ...publish])], subscribe: [`${inboxPrefixOf(user)}.>`, ...subscribe] };
}

const directory = `KV_${directoryBucket}`;
const files = `OBJ_${filesBucket}`;

const declares = (stream: string) => ['CREATE', 'UPDATE', 'INFO'].map((what) => `$JS.API.STREAM.${what}.${stream}`);

/** Consumers of any name: their names can't be told apart by a subject. */
const reads = (stream: string) => [
  `$JS.API.STREAM.INFO.${stream}`,
  `$JS.API.CONSUMER.CREATE.${stream}`,
  `$JS.API.CONSUMER.CREATE.${stream}.>`,
  ...['INFO', 'DELETE', 'MSG.NEXT'].map((what) => `$JS.API.CONSUMER.${what}.${stream}.*`),
];

/** One consumer of that name and no other, of the whole stream. */
const readsAs = (stream: string, name: string) =>
  ['CREATE', 'INFO', 'MSG.NEXT', 'DELETE'].map((what) => `$JS.API.CONSUMER.${what}.${stream}.${name}`);

/** Consumers that outlive who made them, with several filters. */
const keepsConsumers = (stream: string) => [...reads(stream), `$JS.API.CONSUMER.DURABLE.CREATE.${stream}.*`, `$JS.ACK.${stream}.>`];

/** A watch: the server pushes, and is told how far it has got. */
const watches = (stream: string) => [...reads(stream), `$JS.FC.${stream}.>`];

/** An object and its pieces: to write, to find and to take away. */
const changesFiles = [
  `$O.${filesBucket}.>`,
  ...['INFO', 'MSG.GET', 'PURGE'].map((what) => `$JS.API.STREAM.${what}.${files}`),
  `$JS.API.DIRECT.GET.${files}`,
  `$JS.API.DIRECT.GET.${files}.>`,
];

const simulatedPhones = ['simulator.>', ...declares(streams.simulator), ...reads(streams.simulator)];

const own: Record<Exclude<BusUser, 'operator'>, () => BusRights> = {
  /** Reads nothing of what it has passed on but the files it serves: whoever takes over the service that faces the world reads no conversation. */
  ingest: () => ({
    publish: ['inbound.>', ...declares(streams.inbound), ...watches(directory), ...declares(files), ...changesFiles, ...watches(files)],
    subscribe: [],
  }),
  'conversation-state': () => ({
    publish: [
      // A dead letter goes back where it came from.
      'inbound.>',
      ...eventSubjects.filter((subject) => subject !== 'webhook.>'),
      outboxWakeSubjects,
      `$KV.${directoryBucket}.>`,
      ...[streams.inbound, streams.events, directory].flatMap(declares),
      ...keepsConsumers(streams.inbound),
      // What of it waits; and what of it has been taken is cleared out.
      `$JS.API.STREAM.MSG.GET.${streams.inbound}`,
      `$JS.API.STREAM.PURGE.${streams.inbound}`,
      // What it holds, before what it lacks is published again.
      ...readsAs(streams.events, rebuildConsumer),
      // What a customer's erasure takes out of it.
      `$JS.API.STREAM.PURGE.${streams.events}`,
      ...changesFiles,
      `$JS.API.DIRECT.GET.${directory}.>`,
      `$JS.API.STREAM.MSG.GET.${directory}`,
    ],
    subscribe: [outboxWakeSubjects],
  }),
  dispatcher: () => ({
    publish: [
      'webhook.>',
      // Dead letters that are tried again.
      'dispatch.ready.>',
      'send.ready.>',
      'conversation.erased.>',
      webhookWakeSubject,
      ...declares(streams.events),
      ...keepsConsumers(streams.events),
      `$JS.API.STREAM.MSG.GET.${streams.events}`,
      ...watches(directory),
    ],
    subscribe: ['conversation.mode_changed.>', webhookWakeSubject],
  }),
  gateway: () => ({
    // How far behind INBOUND's readers are; not what it holds.
    publish: [accessChangedSubject, ...reads(streams.events), `$JS.API.CONSUMER.INFO.${streams.inbound}.*`, ...watches(directory)],
    subscribe: [accessChangedSubject],
  }),
};
