import type {
  ExportConversationsRequest,
  ExportConversationsResponse,
  ExportedConversation,
} from '@baton/contracts/gen/baton/conversation/v1/export_service.ts';
import { BatonError, invalidField } from '@baton/errors/baton-error.ts';
import type { Outlet } from '@baton/rpc/stream.ts';
import { type ExportPiece, exportConversations } from '../../store/export.ts';
import type { Store } from '../../store/store.ts';
import { conversationToWire, messageToWire } from '../../wire/conversation.ts';

/** Each holds a connection and a snapshot. */
export const exportsAtOnce = 3;
/** A snapshot holds up the clearing away of old row versions in the whole database. */
const longestMs = 5 * 60_000;
/** About. grpc-js keeps sixteen parts ready on each side, decoded: with parts of 64 KiB the gateway's memory grew by 115 MiB in an export of 200,000 messages, with these by 35. */
const bytesInPart = 16 * 1024;

type Handler = (request: ExportConversationsRequest, outlet: Outlet<ExportConversationsResponse>) => Promise<void>;

/** Streams as fast as the caller takes it. The transaction ends with the last piece, with the caller, when it stalls, or after five minutes. */
export function exportHandler({ store }: { store: Store }): Handler {
  let running = 0;
  return async (request, outlet) => {
    if (request.limit < 0) throw invalidField('limit', 'must not be negative');
    if (running >= exportsAtOnce)
      throw new BatonError('rate_limited', `${running} exports are running, as many as may at once.`, { retryAfterSeconds: 10 });
    running++;
    try {
      const parts = new Parts(outlet, performance.now() + longestMs);
      const asked = {
        agentId: request.agentId,
        limit: request.limit || Number.MAX_SAFE_INTEGER,
        cursor: request.cursor,
        withMessages: request.includeMessages,
      };
      const { hasMore } = await exportConversations(store, request.workspaceId, asked, (piece) => parts.add(piece));
      await parts.flush(hasMore);
    } finally {
      running--;
    }
  };
}

/** Gathers pieces until they are worth a message of their own. */
class Parts {
  readonly #outlet: Outlet<ExportConversationsResponse>;
  readonly #until: number;
  #conversations: ExportedConversation[] = [];
  #bytes = 0;

  constructor(outlet: Outlet<ExportConversationsResponse>, until: number) {
    this.#outlet = outlet;
    this.#until = until;
  }

  async add({ view, messages, cursor }: ExportPiece): Promise<void> {
    let current: ExportedConversation = { conversation: view && conversationToWire(view.row, view), messages: [], cursor: '' };
    this.#conversations.push(current);
    this.#bytes += 1000;
    for (const row of messages) {
      if (this.#bytes > bytesInPart) {
        await this.flush(false);
        current = { conversation: undefined, messages: [], cursor: '' };
        this.#conversations.push(current);
      }
      current.messages.push(messageToWire(row));
      this.#bytes += 500 + 2 * row.text.length;
    }
    current.cursor = cursor;
    if (this.#bytes > bytesInPart) await this.flush(false);
  }

  async flush(hasMore: boolean): Promise<void> {
    if (performance.now() > this.#until)
      throw new BatonError('timeout', 'An export may take five minutes; go on with the last cursor that came.');
    const conversations = this.#conversations;
    [this.#conversations, this.#bytes] = [[], 0];
    await this.#outlet.send({ conversations, hasMore });
  }
}
