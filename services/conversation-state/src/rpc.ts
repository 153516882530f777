import type { Bus } from '@baton/bus/connect.ts';
import { type ContactServiceServer, ContactServiceService } from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import {
  type ConversationServiceServer,
  ConversationServiceService,
} from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import { type DirectoryServiceServer, DirectoryServiceService } from '@baton/contracts/gen/baton/conversation/v1/directory_service.ts';
import { type ExportServiceServer, ExportServiceService } from '@baton/contracts/gen/baton/conversation/v1/export_service.ts';
import { type InboxServiceServer, InboxServiceService } from '@baton/contracts/gen/baton/conversation/v1/inbox_service.ts';
import { type PastTurnServiceServer, PastTurnServiceService } from '@baton/contracts/gen/baton/conversation/v1/past_turn_service.ts';
import { type SearchServiceServer, SearchServiceService } from '@baton/contracts/gen/baton/conversation/v1/search_service.ts';
import { type SuggestionServiceServer, SuggestionServiceService } from '@baton/contracts/gen/baton/conversation/v1/suggestion_service.ts';
import { type TurnServiceServer, TurnServiceService } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { type DeadLetterServiceServer, DeadLetterServiceService } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import { type RepairServiceServer, RepairServiceService } from '@baton/contracts/gen/baton/operations/v1/repair.ts';
import { type TrafficServiceServer, TrafficServiceService } from '@baton/contracts/gen/baton/operations/v1/traffic.ts';
import { type RpcHandlers, unary } from '@baton/rpc/serve.ts';
import { type StreamHandlers, streaming } from '@baton/rpc/stream.ts';
import type { SecretBox } from '@baton/runtime/secret-box.ts';
import type pg from 'pg';
import { unavailableWithoutDatabase } from './database-away.ts';
import type { Events } from './events.ts';
import { handleCreateContact } from './handlers/contact/create-contact.ts';
import { handleDeleteContact } from './handlers/contact/delete-contact.ts';
import { handleEraseContact } from './handlers/contact/erase-contact.ts';
import { handleGetContact } from './handlers/contact/get-contact.ts';
import { handleLiftOptOut } from './handlers/contact/lift-opt-out.ts';
import { handleListContactHistory } from './handlers/contact/list-contact-history.ts';
import { handleListContacts } from './handlers/contact/list-contacts.ts';
import { handleListOptOutHistory } from './handlers/contact/list-opt-out-history.ts';
import { handleListOptOuts } from './handlers/contact/list-opt-outs.ts';
import { handleMergeContacts } from './handlers/contact/merge-contacts.ts';
import { handleSetOptOut } from './handlers/contact/set-opt-out.ts';
import { handleUpdateContact } from './handlers/contact/update-contact.ts';
import { handleCreateConversation } from './handlers/conversation/create-conversation.ts';
import { handleFindMessage } from './handlers/conversation/find-message.ts';
import { handleGetConversation } from './handlers/conversation/get-conversation.ts';
import { handleGetMessage } from './handlers/conversation/get-message.ts';
import { handleListConversations } from './handlers/conversation/list-conversations.ts';
import { handleListDispatches } from './handlers/conversation/list-dispatches.ts';
import { handleListInFlight } from './handlers/conversation/list-in-flight.ts';
import { handleListMessages } from './handlers/conversation/list-messages.ts';
import { handleListModeHistory } from './handlers/conversation/list-mode-history.ts';
import { handleMarkRead } from './handlers/conversation/mark-read.ts';
import { handleResumeAi } from './handlers/conversation/resume-ai.ts';
import { handleSendMessage } from './handlers/conversation/send-message.ts';
import { handleSendToAddress } from './handlers/conversation/send-to-address.ts';
import { handleUpdateConversation } from './handlers/conversation/update-conversation.ts';
import { handleDropDeadLetter } from './handlers/dead-letters/drop-dead-letter.ts';
import { handleGetDeadLetter } from './handlers/dead-letters/get-dead-letter.ts';
import { handleListDeadLetters } from './handlers/dead-letters/list-dead-letters.ts';
import { handleRetryDeadLetter } from './handlers/dead-letters/retry-dead-letter.ts';
import { handleSurveyDeadLetters } from './handlers/dead-letters/survey-dead-letters.ts';
import { handleCreateAgent } from './handlers/directory/create-agent.ts';
import { handleCreateChannelAccount } from './handlers/directory/create-channel-account.ts';
import { handleCreateWorkspace } from './handlers/directory/create-workspace.ts';
import { handleDeleteAgent } from './handlers/directory/delete-agent.ts';
import { handleDeleteChannelAccount } from './handlers/directory/delete-channel-account.ts';
import { handleGetAgent } from './handlers/directory/get-agent.ts';
import { handleGetChannelAccount } from './handlers/directory/get-channel-account.ts';
import { handleGetWorkspace } from './handlers/directory/get-workspace.ts';
import { handleListAgents } from './handlers/directory/list-agents.ts';
import { handleListChannelAccounts } from './handlers/directory/list-channel-accounts.ts';
import { handleListWorkspaces } from './handlers/directory/list-workspaces.ts';
import { handleUpdateAgent } from './handlers/directory/update-agent.ts';
import { handleUpdateChannelAccount } from './handlers/directory/update-channel-account.ts';
import { handleUpdateWorkspace } from './handlers/directory/update-workspace.ts';
import { exportHandler } from './handlers/export/export-conversations.ts';
import { handleChangeTag } from './handlers/inbox/change-tag.ts';
import { handleCreateCannedReply } from './handlers/inbox/create-canned-reply.ts';
import { handleDeleteCannedReply } from './handlers/inbox/delete-canned-reply.ts';
import { handleGetCannedReply } from './handlers/inbox/get-canned-reply.ts';
import { handleListCannedReplies } from './handlers/inbox/list-canned-replies.ts';
import { handleListTags } from './handlers/inbox/list-tags.ts';
import { handleUpdateCannedReply } from './handlers/inbox/update-canned-reply.ts';
import { handleCreateNote } from './handlers/note/create-note.ts';
import { handleDeleteNote } from './handlers/note/delete-note.ts';
import { handleListNotes } from './handlers/note/list-notes.ts';
import { handleUpdateNote } from './handlers/note/update-note.ts';
import { handleGetPastTurn } from './handlers/past-turn/get-past-turn.ts';
import { handleListPastTurns } from './handlers/past-turn/list-past-turns.ts';
import { handlePlanReplay } from './handlers/past-turn/plan-replay.ts';
import { handleRebuildEvents } from './handlers/repair/rebuild-events.ts';
import { handleReplayInbound } from './handlers/repair/replay-inbound.ts';
import { handleSearchMessages } from './handlers/search/search-messages.ts';
import { handleDropSuggestion } from './handlers/suggestion/drop-suggestion.ts';
import { handleGetSuggestion } from './handlers/suggestion/get-suggestion.ts';
import { handleListSuggestions } from './handlers/suggestion/list-suggestions.ts';
import { handleSendSuggestion } from './handlers/suggestion/send-suggestion.ts';
import { handleGetTraffic } from './handlers/traffic/get-traffic.ts';
import { handleBeginTurns } from './handlers/turn/begin-turns.ts';
import { handleClaimSends } from './handlers/turn/claim-sends.ts';
import { handleCommitReplies } from './handlers/turn/commit-replies.ts';
import { handleRecordSends } from './handlers/turn/record-sends.ts';
import { handleRecordShadow } from './handlers/turn/record-shadow.ts';
import type { EventsStream } from './outbox/events-stream.ts';
import type { Store } from './store/store.ts';

interface RpcDeps {
  store: Store;
  events: Events;
  secrets: SecretBox;
  bus: Bus;
  systemPool: pg.Pool;
  stream: EventsStream;
}

/** Which handler answers which RPC. */
export function rpcServices(deps: RpcDeps) {
  const serving = servingWith(deps);
  return [
    {
      definition: ConversationServiceService,
      implementation: serving<ConversationServiceServer>({
        listConversations: (request) => handleListConversations(deps, request),
        getConversation: (request) => handleGetConversation(deps, request),
        createConversation: (request) => handleCreateConversation(deps, request),
        updateConversation: (request) => handleUpdateConversation(deps, request),
        resumeAi: (request) => handleResumeAi(deps, request),
        listInFlight: (request) => handleListInFlight(deps, request),
        markRead: (request) => handleMarkRead(deps, request),
        sendMessage: (request) => handleSendMessage(deps, request),
        sendToAddress: (request) => handleSendToAddress(deps, request),
        listMessages: (request) => handleListMessages(deps, request),
        getMessage: (request) => handleGetMessage(deps, request),
        findMessage: (request) => handleFindMessage(deps, request),
        listModeHistory: (request) => handleListModeHistory(deps, request),
        listDispatches: (request) => handleListDispatches(deps, request),
      }),
    },
    ...streamingServices(deps),
    {
      definition: SearchServiceService,
      implementation: serving<SearchServiceServer>({ searchMessages: (request) => handleSearchMessages(deps, request) }),
    },
    ...inboxServices(deps),
    {
      definition: TurnServiceService,
      implementation: serving<TurnServiceServer>({
        beginTurns: (request) => handleBeginTurns(deps, request),
        commitReplies: (request) => handleCommitReplies(deps, request),
        claimSends: (request) => handleClaimSends(deps, request),
        recordSends: (request) => handleRecordSends(deps, request),
        recordShadow: (request) => handleRecordShadow(deps, request),
      }),
    },
    {
      definition: PastTurnServiceService,
      implementation: serving<PastTurnServiceServer>({
        planReplay: (request) => handlePlanReplay(deps, request),
        getPastTurn: (request) => handleGetPastTurn(deps, request),
        listPastTurns: (request) => handleListPastTurns(deps, request),
      }),
    },
    {
      definition: DirectoryServiceService,
      implementation: serving(directoryHandlers(deps)),
    },
    {
      definition: TrafficServiceService,
      implementation: serving<TrafficServiceServer>({ getTraffic: (request) => handleGetTraffic(deps, request) }),
    },
    {
      definition: DeadLetterServiceService,
      implementation: serving<DeadLetterServiceServer>({
        listDeadLetters: (request) => handleListDeadLetters(deps, request),
        getDeadLetter: (request) => handleGetDeadLetter(deps, request),
        surveyDeadLetters: (request) => handleSurveyDeadLetters(deps, request),
        retryDeadLetter: (request) => handleRetryDeadLetter(deps, request),
        dropDeadLetter: (request) => handleDropDeadLetter(deps, request),
      }),
    },
  ];
}

/** Those that answer in parts. */
function streamingServices(deps: RpcDeps) {
  const o = { stallMs: 35_000, onFault: deps.events.rpcFault };
  return [
    {
      definition: ExportServiceService,
      implementation: streaming<ExportServiceServer>(unavailableWithoutDatabase({ exportConversations: exportHandler(deps) }), o),
    },
    {
      definition: RepairServiceService,
      implementation: streaming<RepairServiceServer>(
        unavailableWithoutDatabase({
          rebuildEvents: (request, outlet) => handleRebuildEvents(deps, request, outlet),
          replayInbound: (request, outlet) => handleReplayInbound(deps, request, outlet),
        } satisfies StreamHandlers<RepairServiceServer>),
        o,
      ),
    },
  ];
}

function directoryHandlers(deps: RpcDeps): RpcHandlers<DirectoryServiceServer> {
  return {
    createWorkspace: (request) => handleCreateWorkspace(deps, request),
    getWorkspace: (request) => handleGetWorkspace(deps, request),
    listWorkspaces: (request) => handleListWorkspaces(deps, request),
    updateWorkspace: (request) => handleUpdateWorkspace(deps, request),
    createAgent: (request) => handleCreateAgent(deps, request),
    getAgent: (request) => handleGetAgent(deps, request),
    listAgents: (request) => handleListAgents(deps, request),
    updateAgent: (request) => handleUpdateAgent(deps, request),
    deleteAgent: (request) => handleDeleteAgent(deps, request),
    createChannelAccount: (request) => handleCreateChannelAccount(deps, request),
    getChannelAccount: (request) => handleGetChannelAccount(deps, request),
    listChannelAccounts: (request) => handleListChannelAccounts(deps, request),
    updateChannelAccount: (request) => handleUpdateChannelAccount(deps, request),
    deleteChannelAccount: (request) => handleDeleteChannelAccount(deps, request),
  };
}

/** The people on both sides of the conversations, and what the ones on ours work with. */
function inboxServices(deps: RpcDeps) {
  const serving = servingWith(deps);
  return [
    {
      definition: ContactServiceService,
      implementation: serving<ContactServiceServer>({
        listContacts: (request) => handleListContacts(deps, request),
        getContact: (request) => handleGetContact(deps, request),
        createContact: (request) => handleCreateContact(deps, request),
        updateContact: (request) => handleUpdateContact(deps, request),
        deleteContact: (request) => handleDeleteContact(deps, request),
        eraseContact: (request) => handleEraseContact(deps, request),
        mergeContacts: (request) => handleMergeContacts(deps, request),
        listContactHistory: (request) => handleListContactHistory(deps, request),
        listOptOuts: (request) => handleListOptOuts(deps, request),
        setOptOut: (request) => handleSetOptOut(deps, request),
        liftOptOut: (request) => handleLiftOptOut(deps, request),
        listOptOutHistory: (request) => handleListOptOutHistory(deps, request),
      }),
    },
    {
      definition: InboxServiceService,
      implementation: serving<InboxServiceServer>({
        listCannedReplies: (request) => handleListCannedReplies(deps, request),
        getCannedReply: (request) => handleGetCannedReply(deps, request),
        createCannedReply: (request) => handleCreateCannedReply(deps, request),
        updateCannedReply: (request) => handleUpdateCannedReply(deps, request),
        deleteCannedReply: (request) => handleDeleteCannedReply(deps, request),
        listTags: (request) => handleListTags(deps, request),
        changeTag: (request) => handleChangeTag(deps, request),
        listNotes: (request) => handleListNotes(deps, request),
        createNote: (request) => handleCreateNote(deps, request),
        updateNote: (request) => handleUpdateNote(deps, request),
        deleteNote: (request) => handleDeleteNote(deps, request),
      }),
    },
    {
      definition: SuggestionServiceService,
      implementation: serving<SuggestionServiceServer>({
        listSuggestions: (request) => handleListSuggestions(deps, request),
        getSuggestion: (request) => handleGetSuggestion(deps, request),
        sendSuggestion: (request) => handleSendSuggestion(deps, request),
        dropSuggestion: (request) => handleDropSuggestion(deps, request),
      }),
    },
  ];
}

function servingWith({ events }: RpcDeps) {
  return <S>(handlers: RpcHandlers<S>) => unary<S>(unavailableWithoutDatabase(handlers), events.rpcFault);
}
