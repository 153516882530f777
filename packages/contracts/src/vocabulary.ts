/** The words of api.md §1. One spelling in SQL, proto, REST and code. */

export const channels = ['sms', 'whatsapp', 'telegram', 'email', 'web', 'voice', 'instagram', 'facebook'] as const;
export type Channel = (typeof channels)[number];

export const aiModes = ['ai', 'human', 'closed'] as const;
export type AiMode = (typeof aiModes)[number];

export const conversationStatuses = ['active', 'completed', 'escalated', 'abandoned', 'archived'] as const;
export type ConversationStatus = (typeof conversationStatuses)[number];

export const authors = ['contact', 'ai', 'human', 'sequence', 'system'] as const;
export type Author = (typeof authors)[number];

export const messageStatuses = ['received', 'queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'unknown', 'cancelled'] as const;
export type MessageStatus = (typeof messageStatuses)[number];

export const receiptStatuses = ['sent', 'delivered', 'read', 'failed'] as const;
export type ReceiptStatus = (typeof receiptStatuses)[number];

export const dispatchOutcomes = ['pending', 'in_flight', 'replied', 'silent', 'handed_off', 'failed', 'superseded', 'suppressed'] as const;
export type DispatchOutcome = (typeof dispatchOutcomes)[number];

/** The last two go beyond api.md §5: an opt-in word is no question, and a reply may need a person's approval. */
export const suppressionReasons = [
  'mode_human',
  'mode_closed',
  'opted_out',
  'agent_disabled',
  'no_backend',
  'stale_epoch',
  'opt_in_keyword',
  'approval_required',
] as const;
export type SuppressionReason = (typeof suppressionReasons)[number];

/** Of a reply that did not go out by itself. */
export const suggestionStatuses = ['open', 'sent', 'dropped'] as const;
export type SuggestionStatus = (typeof suggestionStatuses)[number];

export const providers = ['twilio', 'meta', 'telegram', 'web', 'email', 'http', 'simulator'] as const;
export type Provider = (typeof providers)[number];
