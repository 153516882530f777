import type { Answer, Row } from '@baton/sdk/operations.ts';

/** The shapes of the API that the console shows, as the SDK has them. */
export type Conversation = Required<Row0>;
type Row0 = Answer<'listConversations'>['conversations'][number];
export type ConversationPage = Answer<'listConversations'>;
export type Message = Row<'listMessages'>;
export type MessagePage = Answer<'listMessages'>;
export type Dispatch = Row<'listDispatches'>;
export type Suggestion = Row<'listSuggestions'>;
export type ModeHistoryRow = Row<'listModeHistory'>;
export type Operations = Answer<'getOperations'>;
export type Replay = Row<'listReplays'>;
export type ReplayTurn = Row<'listReplayTurns'>;
export type Note = Row<'listNotes'>;
export type Contact = NonNullable<Conversation['contact']>;
export type Agent = Row<'listAgents'>;
export type ChannelAccount = Row<'listChannels'>;
export type CannedReply = Row<'listCannedReplies'>;
export type Channel = Conversation['channel'];
export type AiMode = Conversation['ai_mode'];
