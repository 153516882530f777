import { createHash } from 'node:crypto';
import type { EventType, WorkspaceEventType } from './events.ts';

/** On an event that was in an EVENTS stream which is lost: those who had it from there need not act on it again. */
export const againHeader = 'Baton-Again';

/** Fixed for the life of an installation: changing it would renumber the partitions of messages that are already stored. */
export const partitionCount = 16;

/** What EVENTS takes. */
export const eventSubjects = ['message.>', 'conversation.>', 'window.>', 'dispatch.>', 'send.>', 'webhook.>'];

export const streams = { inbound: 'INBOUND', events: 'EVENTS', simulator: 'SIMULATOR' } as const;

/** By which conversation-state looks at what EVENTS holds: the one consumer of it that it may have. */
export const rebuildConsumer = 'conversation-state-rebuild';

/** Who reads a partition of INBOUND, whichever instance it is. */
export const inboundConsumer = (partition: number): string => `conversation-state-${partitionToken(partition)}`;

/** Who reads EVENTS for the dispatcher's instances together. */
export const dispatcherConsumers = { turns: 'dispatcher-turns', sends: 'dispatcher-sends' } as const;

/** Partition (0–15) of a thread: agent and remote address decide it, so all of a conversation's messages share one. */
export function partitionOf(agentId: string, remoteAddress: string): number {
  return createHash('sha1').update(agentId).update('\0').update(remoteAddress).digest()[0]! % partitionCount;
}

/** `p00` … `p15` */
export function partitionToken(partition: number): string {
  return `p${String(partition).padStart(2, '0')}`;
}

/** `inbound.<message|receipt>.<partition>.<workspace>.<channel account>` */
export function inboundSubject(
  kind: 'message' | 'receipt',
  partition: number,
  at: { workspaceId: string; channelAccountId: string },
): string {
  return `inbound.${kind}.${partitionToken(partition)}.${at.workspaceId}.${at.channelAccountId}`;
}

/** `<event type>.<partition>.<workspace>.<conversation>` */
export function eventSubject(type: EventType, partition: number, at: { workspaceId: string; conversationId: string }): string {
  return `${type}.${partitionToken(partition)}.${at.workspaceId}.${at.conversationId}`;
}

/** `<event type>.<partition>.<workspace>.<what it is about>`: as if it were a conversation's, so that who listens to a workspace hears it. */
export function workspaceEventSubject(type: WorkspaceEventType, at: { workspaceId: string; aboutId: string }): string {
  return `${type}.${partitionToken(0)}.${at.workspaceId}.${at.aboutId}`;
}

/** What a stream of one conversation (or, without it, of a workspace) listens to. */
export function eventFilter(at: { workspaceId: string; conversationId?: string }): string {
  return `*.*.*.${at.workspaceId}.${at.conversationId ?? '*'}`;
}

/** Core NATS, no stream: "look at the outbox of these partitions". Lost ones cost a moment, not an event. */
export function outboxWakeSubject(partition: number): string {
  return `baton.wake.outbox.${partitionToken(partition)}`;
}

/** That of every partition. */
export const outboxWakeSubjects = 'baton.wake.outbox.*';

/**
 * Core NATS, no stream: "what you remember of this key or user is out of date", its id as the body. Gateways forget by themselves within a
 * second, so a lost one costs no more than that.
 */
export const accessChangedSubject = 'baton.access.changed';

/** Core NATS, no stream: webhook endpoints have changed, or deliveries are due. Lost ones cost a moment, not a delivery. */
export const webhookWakeSubject = 'baton.wake.webhooks';

/** The KV bucket that carries workspaces, agents and channel accounts to the services that may not ask for them on a hot path. */
export const directoryBucket = 'directory';

/** Its one key beside the entries: put when everything that Postgres holds is in. A bucket made anew that lacks it is still being filled. */
export const directoryFilledKey = 'filled';

/** Keys of the directory bucket: `agent.<id>`, `channel_account.<id>`, `workspace.<id>`. */
export function directoryKey(kind: 'agent' | 'channel_account' | 'workspace', id: string): string {
  return `${kind}.${id}`;
}

/** KV is a stream behind a subject convention, so the outbox can publish directory entries like events. */
export function directorySubject(kind: 'agent' | 'channel_account' | 'workspace', id: string): string {
  return `$KV.${directoryBucket}.${directoryKey(kind, id)}`;
}
