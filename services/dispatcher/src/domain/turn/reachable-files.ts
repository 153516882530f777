import type { Turn } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';

/** After the turn's deadline: a backend may hand a file on to a model that fetches it in its own time. */
const heldMs = 3_600_000;

/**
 * The turn with addresses of the customer's files that the backend can open: where the provider keeps them, most want the account's credentials. Decided by the
 * turn's own deadline, so that every attempt is the same request.
 */
export function withReachableFiles(
  turn: Turn,
  nowMs: number,
  link: (file: { messageId: string; index: number }, expires: Date) => string,
): Turn {
  if (turn.messages.every(({ role, attachments }) => role !== 'user' || attachments.length === 0)) return turn;
  const expires = new Date((turn.deadline?.getTime() ?? nowMs) + heldMs);
  const messages = turn.messages.map((message) =>
    message.role === 'user'
      ? {
          ...message,
          attachments: message.attachments.map((file, index) => ({ ...file, url: link({ messageId: message.messageId, index }, expires) })),
        }
      : message,
  );
  return { ...turn, messages };
}
