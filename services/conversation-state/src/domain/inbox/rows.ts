/** What people work with who look after conversations, as the database has it. */

export interface CannedReplyRow {
  canned_reply_id: string;
  workspace_id: string;
  shortcut: string;
  title: string;
  text: string;
  language: string | null;
  tags: string[];
  /** Who wrote it last. */
  actor_kind: string;
  actor_id: string;
  created_at: Date;
  updated_at: Date;
}

/** What people tell each other about a conversation. */
export interface NoteRow {
  note_id: string;
  workspace_id: string;
  conversation_id: string;
  text: string;
  author_kind: string;
  author_id: string;
  /** Who wrote it last. */
  editor_kind: string;
  editor_id: string;
  created_at: Date;
  updated_at: Date;
}

/** The last change of a tag in all conversations that have it, and how far it has come. */
export interface TagChangeRow {
  workspace_id: string;
  tag: string;
  /** null: it is taken away. */
  becomes: string | null;
  state: 'running' | 'done';
  /** The last conversation that was changed; empty before the first. */
  place: string;
  conversations: number;
  actor_kind: string;
  actor_id: string;
  requested_at: Date;
  done_at: Date | null;
}
