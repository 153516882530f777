/** What a widget and the gateway say to each other. Types alone: the one place that both read. */

export type Mode = 'ai' | 'human' | 'closed';

/** A message as the customer in front of the widget sees it: nothing of what happens behind it. */
export interface SeenMessage {
  id: string;
  /** The id that the visitor's own widget gave it. */
  client_id: string | null;
  /** Sorts as it was said. */
  position: string;
  author: 'visitor' | 'ai' | 'human' | 'system';
  name: string | null;
  text: string;
  attachments: SeenAttachment[];
  status: 'received' | 'sent' | 'delivered' | 'read';
  at: string;
}

export interface SeenAttachment {
  url: string;
  content_type: string;
  size: number;
  name: string;
}

/** Of a user of the host page, for whom its server vouches by the hash. */
export interface HostUser {
  id: string;
  name?: string;
  email?: string;
  hash: string;
}

/** Answer of `POST /widget/{channel_account_id}/session`. */
export interface Session {
  token: string;
  visitor_id: string;
  /** Where messages and receipts are posted. */
  post_url: string;
  agent: string;
  has_ai: boolean;
}

/** Answer of `GET /widget/{channel_account_id}/messages`. */
export interface Page {
  /** Oldest first. */
  messages: SeenMessage[];
  /** Leads to what was said before; null: that is all. */
  older: string | null;
}

/** One frame of `GET /widget/{channel_account_id}/stream`. `thread` comes first, and again whenever something may have been missed. */
export type VisitorFrame =
  | ({ type: 'thread'; mode: Mode; agent: string } & Page)
  | { type: 'message'; message: SeenMessage }
  | { type: 'mode'; mode: Mode }
  | { type: 'typing'; on: boolean };

/** What a widget posts, one or a list. */
export type WidgetItem =
  | { type: 'message'; id: string; text: string; page?: string }
  | { type: 'receipt'; message_id: string; status: 'delivered' | 'read' };
