import type { App, Deps } from '../context.ts';
import type { Events } from '../events.ts';
import { listAuditLog } from './audit/list-audit-log.ts';
import { createAgent } from './configuration/create-agent.ts';
import { createChannel } from './configuration/create-channel.ts';
import { createWorkspace } from './configuration/create-workspace.ts';
import { deleteAgent } from './configuration/delete-agent.ts';
import { deleteChannel } from './configuration/delete-channel.ts';
import { getAgent } from './configuration/get-agent.ts';
import { getChannel } from './configuration/get-channel.ts';
import { getWorkspace } from './configuration/get-workspace.ts';
import { listAgents } from './configuration/list-agents.ts';
import { listChannels } from './configuration/list-channels.ts';
import { listWorkspaces } from './configuration/list-workspaces.ts';
import { testTurn } from './configuration/test-turn.ts';
import { updateAgent } from './configuration/update-agent.ts';
import { updateChannel } from './configuration/update-channel.ts';
import { updateWorkspace } from './configuration/update-workspace.ts';
import { createContact } from './contacts/create-contact.ts';
import { deleteContact } from './contacts/delete-contact.ts';
import { getContact } from './contacts/get-contact.ts';
import { liftOptOut } from './contacts/lift-opt-out.ts';
import { listContactHistory } from './contacts/list-contact-history.ts';
import { listContacts } from './contacts/list-contacts.ts';
import { listOptOutHistory } from './contacts/list-opt-out-history.ts';
import { listOptOuts } from './contacts/list-opt-outs.ts';
import { mergeContacts } from './contacts/merge-contacts.ts';
import { setOptOut } from './contacts/set-opt-out.ts';
import { updateContact } from './contacts/update-contact.ts';
import { createConversation } from './conversations/create-conversation.ts';
import { getConversation } from './conversations/get-conversation.ts';
import { listConversations } from './conversations/list-conversations.ts';
import { listDispatches } from './conversations/list-dispatches.ts';
import { listMessages } from './conversations/list-messages.ts';
import { listModeHistory } from './conversations/list-mode-history.ts';
import { markRead } from './conversations/mark-read.ts';
import { resumeAi } from './conversations/resume-ai.ts';
import { sendMessage } from './conversations/send-message.ts';
import { updateConversation } from './conversations/update-conversation.ts';
import { exportConversations } from './exports/export-conversations.ts';
import { createCannedReply } from './inbox/create-canned-reply.ts';
import { deleteCannedReply } from './inbox/delete-canned-reply.ts';
import { deleteTag } from './inbox/delete-tag.ts';
import { getCannedReply } from './inbox/get-canned-reply.ts';
import { listCannedReplies } from './inbox/list-canned-replies.ts';
import { listTags } from './inbox/list-tags.ts';
import { renameTag } from './inbox/rename-tag.ts';
import { updateCannedReply } from './inbox/update-canned-reply.ts';
import { createApiKey } from './keys/create-api-key.ts';
import { createPartnerKey } from './keys/create-partner-key.ts';
import { getApiKey } from './keys/get-api-key.ts';
import { listApiKeys } from './keys/list-api-keys.ts';
import { listPartnerKeys } from './keys/list-partner-keys.ts';
import { revokeApiKey } from './keys/revoke-api-key.ts';
import { revokePartnerKey } from './keys/revoke-partner-key.ts';
import { rotateApiKey } from './keys/rotate-api-key.ts';
import { updateApiKey } from './keys/update-api-key.ts';
import { createAttachmentLink } from './messages/create-attachment-link.ts';
import { getAttachment } from './messages/get-attachment.ts';
import { getMessage } from './messages/get-message.ts';
import { openAttachmentLink } from './messages/open-attachment-link.ts';
import { replyToDispatch } from './messages/reply-to-dispatch.ts';
import { sendTemplate } from './messages/send-template.ts';
import { sendToAddress } from './messages/send-to-address.ts';
import { createNote } from './notes/create-note.ts';
import { deleteNote } from './notes/delete-note.ts';
import { listNotes } from './notes/list-notes.ts';
import { updateNote } from './notes/update-note.ts';
import { dropDeadLetter } from './operations/drop-dead-letter.ts';
import { getOperations } from './operations/get-operations.ts';
import { listDeadLetters } from './operations/list-dead-letters.ts';
import { retryDeadLetter } from './operations/retry-dead-letter.ts';
import { cancelReplay } from './replays/cancel-replay.ts';
import { createReplay } from './replays/create-replay.ts';
import { deleteReplay } from './replays/delete-replay.ts';
import { getReplay } from './replays/get-replay.ts';
import { listReplayTurns } from './replays/list-replay-turns.ts';
import { listReplays } from './replays/list-replays.ts';
import { searchMessages } from './search/search-messages.ts';
import { changePassword } from './sessions/change-password.ts';
import { createSession } from './sessions/create-session.ts';
import { deleteCurrentSession } from './sessions/delete-current-session.ts';
import { deleteSession } from './sessions/delete-session.ts';
import { getCurrentSession } from './sessions/get-current-session.ts';
import { getSessionOptions } from './sessions/get-session-options.ts';
import { listSessions } from './sessions/list-sessions.ts';
import { finishOidc } from './sessions/oidc/finish-oidc.ts';
import { startOidc } from './sessions/oidc/start-oidc.ts';
import { setPassword } from './sessions/set-password.ts';
import { createStreamTicket } from './streams/create-stream-ticket.ts';
import { streamEvents } from './streams/stream-events.ts';
import { dropSuggestion } from './suggestions/drop-suggestion.ts';
import { listConversationSuggestions } from './suggestions/list-conversation-suggestions.ts';
import { listSuggestions } from './suggestions/list-suggestions.ts';
import { sendSuggestion } from './suggestions/send-suggestion.ts';
import { createSignInLink } from './users/create-sign-in-link.ts';
import { createUser } from './users/create-user.ts';
import { deleteUser } from './users/delete-user.ts';
import { getUser } from './users/get-user.ts';
import { inviteUser } from './users/invite-user.ts';
import { listUsers } from './users/list-users.ts';
import { updateUser } from './users/update-user.ts';
import { createWebhook } from './webhooks/create-webhook.ts';
import { deleteWebhook } from './webhooks/delete-webhook.ts';
import { getDelivery } from './webhooks/get-delivery.ts';
import { getWebhook } from './webhooks/get-webhook.ts';
import { listDeliveries } from './webhooks/list-deliveries.ts';
import { listWebhooks } from './webhooks/list-webhooks.ts';
import { replayDelivery } from './webhooks/replay-delivery.ts';
import { replayWebhook } from './webhooks/replay-webhook.ts';
import { rotateWebhookSecret } from './webhooks/rotate-webhook-secret.ts';
import { testWebhook } from './webhooks/test-webhook.ts';
import { updateWebhook } from './webhooks/update-webhook.ts';

/** Every route of the native API: one file each. */
export function addRoutes(app: App, deps: Deps, events: Events): void {
  listConversations(app, deps);
  createConversation(app, deps);
  searchMessages(app, deps);
  exportConversations(app, deps);
  getConversation(app, deps);
  updateConversation(app, deps);
  listMessages(app, deps);
  sendMessage(app, deps);
  resumeAi(app, deps);
  markRead(app, deps);
  listModeHistory(app, deps);
  listDispatches(app, deps);

  sendToAddress(app, deps);
  sendTemplate(app, deps);
  getMessage(app, deps);
  getAttachment(app, deps);
  createAttachmentLink(app, deps);
  openAttachmentLink(app, deps);
  replyToDispatch(app, deps);

  listSuggestions(app, deps);
  listConversationSuggestions(app, deps);
  sendSuggestion(app, deps);
  dropSuggestion(app, deps);

  addInboxRoutes(app, deps);

  streamEvents(app, deps);
  createStreamTicket(app, deps);

  addConfigurationRoutes(app, deps, events);
  addAccessRoutes(app, deps);

  getOperations(app, deps);
  listDeadLetters(app, deps);
  retryDeadLetter(app, deps);
  dropDeadLetter(app, deps);

  createWebhook(app, deps);
  listWebhooks(app, deps);
  getWebhook(app, deps);
  rotateWebhookSecret(app, deps);
  testWebhook(app, deps);
  replayWebhook(app, deps);
  listDeliveries(app, deps);
  getDelivery(app, deps);
  replayDelivery(app, deps);
  updateWebhook(app, deps);
  deleteWebhook(app, deps);
}

function addConfigurationRoutes(app: App, deps: Deps, events: Events): void {
  createWorkspace(app, deps, events);
  listWorkspaces(app, deps);
  getWorkspace(app, deps);
  updateWorkspace(app, deps);
  createAgent(app, deps);
  listAgents(app, deps);
  getAgent(app, deps);
  updateAgent(app, deps);
  deleteAgent(app, deps);
  testTurn(app, deps);
  createReplay(app, deps);
  listReplays(app, deps);
  getReplay(app, deps);
  listReplayTurns(app, deps);
  cancelReplay(app, deps);
  deleteReplay(app, deps);
  createChannel(app, deps);
  listChannels(app, deps);
  getChannel(app, deps);
  updateChannel(app, deps);
  deleteChannel(app, deps);
}

/** The people on both sides of the conversations, and what the ones on ours work with. */
function addInboxRoutes(app: App, deps: Deps): void {
  listContacts(app, deps);
  createContact(app, deps);
  getContact(app, deps);
  updateContact(app, deps);
  deleteContact(app, deps);
  mergeContacts(app, deps);
  listContactHistory(app, deps);
  listOptOuts(app, deps);
  setOptOut(app, deps);
  liftOptOut(app, deps);
  listOptOutHistory(app, deps);

  listCannedReplies(app, deps);
  createCannedReply(app, deps);
  getCannedReply(app, deps);
  updateCannedReply(app, deps);
  deleteCannedReply(app, deps);
  listTags(app, deps);
  renameTag(app, deps);
  deleteTag(app, deps);
  listNotes(app, deps);
  createNote(app, deps);
  updateNote(app, deps);
  deleteNote(app, deps);
}

function addAccessRoutes(app: App, deps: Deps): void {
  listApiKeys(app, deps);
  createApiKey(app, deps);
  getApiKey(app, deps);
  updateApiKey(app, deps);
  revokeApiKey(app, deps);
  rotateApiKey(app, deps);
  listPartnerKeys(app, deps);
  createPartnerKey(app, deps);
  revokePartnerKey(app, deps);

  listUsers(app, deps);
  createUser(app, deps);
  getUser(app, deps);
  updateUser(app, deps);
  deleteUser(app, deps);
  inviteUser(app, deps);
  createSignInLink(app, deps);

  getSessionOptions(app, deps);
  createSession(app, deps);
  startOidc(app, deps);
  finishOidc(app, deps);
  getCurrentSession(app, deps);
  deleteCurrentSession(app, deps);
  changePassword(app, deps);
  setPassword(app, deps);
  listSessions(app, deps);
  deleteSession(app, deps);

  listAuditLog(app, deps);
}
