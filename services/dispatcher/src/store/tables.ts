import type { DirectoryBackend, SealedSecret } from '@baton/contracts/directory.ts';
import type { EventOf } from '@baton/contracts/events.ts';
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { shadowAnswer } from '../turns/shadow-answer.ts';

export type DeadLetterState = 'open' | 'retried' | 'dropped';

export interface DeadLetterTable {
  dead_letter_id: string;
  workspace_id: string;
  /** Which delivery it was: consumer, stream sequence and time, so that a lost acknowledgement makes no second row. */
  delivery_key: string;
  subject: string;
  payload: string;
  error: string;
  attempts: number;
  trace_id: string | null;
  state: Generated<DeadLetterState>;
  created_at: Generated<Date>;
  settled_at: Date | null;
}

export type DisabledReason = 'manual' | 'failing' | 'gone';

export type Announcement = EventOf<'webhook.disabled'>;

/** A subscriber's URL. Empty `event_types` or `agent_ids`: all of them. */
export interface EndpointTable {
  endpoint_id: string;
  workspace_id: string;
  url: string;
  description: string;
  event_types: string[];
  agent_ids: string[];
  enabled: Generated<boolean>;
  disabled_reason: DisabledReason | null;
  disabled_at: Date | null;
  timeout_ms: number;
  secret: JSONColumnType<SealedSecret>;
  previous_secret: JSONColumnType<SealedSecret> | null;
  previous_secret_expires_at: Date | null;
  /** When the first of the failures since the last success was. */
  failing_since: Date | null;
  created_by_command: string | null;
  rotated_by_command: string | null;
  /** An event that may not be in EVENTS yet. */
  announcement: JSONColumnType<Announcement> | null;
  /** Events from before are none of its business: made, or enabled again. */
  active_from: Generated<Date>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
  deleted_at: Date | null;
}

export type DeliveryStatus = 'pending' | 'delivered' | 'dead';

/** One event on its way to one endpoint. */
export interface DeliveryTable {
  delivery_id: string;
  workspace_id: string;
  endpoint_id: string;
  event_id: string;
  event_type: string;
  conversation_id: string | null;
  /** What goes in order: the conversation, or the event itself where it is about none. */
  lane_key: string;
  sequence: number;
  status: Generated<DeliveryStatus>;
  /** A test: never tried again. */
  once: Generated<boolean>;
  attempts: Generated<number>;
  /** Since it was made or last replayed. */
  series_attempts: Generated<number>;
  replays: Generated<number>;
  last_status: number | null;
  last_error: string | null;
  next_attempt_at: Date | null;
  command_id: string | null;
  occurred_at: Date;
  created_at: Generated<Date>;
  settled_at: Date | null;
  /** A person gave it up; it counts while it is not older than `settled_at`. */
  dropped_at: Date | null;
}

export interface AttemptTable {
  delivery_id: string;
  number: number;
  workspace_id: string;
  started_at: Date;
  duration_ms: number;
  url: string;
  status: number | null;
  error: string | null;
  answer: string;
}

export type ReplayStatus = 'queued' | 'running' | 'completed' | 'cancelled' | 'failed';

/** Which turns were chosen. JSON. */
export interface ReplaySelection {
  agent_id: string | null;
  conversation_ids: string[];
  since: string | null;
  until: string | null;
  limit: number;
  include_human: boolean;
}

/** Past turns put to another AI backend. */
export interface ReplayTable {
  replay_id: string;
  workspace_id: string;
  name: string;
  selection: JSONColumnType<ReplaySelection>;
  /** Its secret is gone when the replay has ended. */
  backend: JSONColumnType<DirectoryBackend>;
  max_tokens: Count | null;
  status: Generated<ReplayStatus>;
  /** Why it ended before its time, where no person ended it. */
  error: string | null;
  total: number;
  done: Generated<number>;
  failed: Generated<number>;
  skipped: Generated<number>;
  failures_in_row: Generated<number>;
  input_tokens: Count;
  output_tokens: Count;
  created_by_command: string | null;
  created_at: Generated<Date>;
  started_at: Date | null;
  ended_at: Date | null;
}

/** bigint: read as `openDatabase` has it. */
type Count = ColumnType<number, number | undefined, number>;

export type ReplayTurnStatus = 'pending' | 'done' | 'failed' | 'skipped';

export type ReplayAnswer = ReturnType<typeof shadowAnswer>;

export interface ReplayTurnTable {
  replay_id: string;
  position: number;
  workspace_id: string;
  conversation_id: string;
  dispatch_id: string;
  agent_id: string;
  /** The dispatch id that the backend is told. */
  asked_as: string;
  status: Generated<ReplayTurnStatus>;
  attempts: Generated<number>;
  lease_id: string | null;
  leased_until: Date | null;
  error: string | null;
  answer: JSONColumnType<ReplayAnswer> | null;
}

export interface Tables {
  'delivery.dead_letter': DeadLetterTable;
  'delivery.endpoint': EndpointTable;
  'delivery.event': { event_id: string; workspace_id: string; body: string };
  'delivery.delivery': DeliveryTable;
  'delivery.attempt': AttemptTable;
  'delivery.replay': ReplayTable;
  'delivery.replay_turn': ReplayTurnTable;
  'delivery.lane': { endpoint_id: string; lane_key: string; workspace_id: string; due_at: Generated<Date>; lease_id: string | null };
}
