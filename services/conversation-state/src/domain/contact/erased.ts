/** How an address stands where it was erased. */
export const erasedAddress = 'erased';

/** Conversations keep apart what they are about, also without it. */
export const erasedThread = (conversationId: string) => `${erasedAddress}:${conversationId}`;

/** Nobody is behind the conversation any more: what comes late to it, an AI's answer or a provider's complaint, must leave no word. */
export function isErased(conversation: { conversation_id: string; remote_address: string }): boolean {
  return conversation.remote_address === erasedThread(conversation.conversation_id);
}
