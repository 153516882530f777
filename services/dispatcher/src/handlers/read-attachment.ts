import type { ReadAttachmentRequest, ReadAttachmentResponse } from '@baton/contracts/gen/baton/delivery/v1/attachment_service.ts';
import { EgressError } from '@baton/egress/egress-error.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { Outlet } from '@baton/rpc/stream.ts';
import { type FileDeps, findFile } from '../attachments/find-file.ts';
import { readFile } from '../attachments/read-file.ts';

export interface ReadAttachmentDeps extends FileDeps {
  /** Files that are read at this moment, in all and by workspace. */
  reading: Map<string, number>;
  maxBytes: number;
}

const limits = { timeoutMs: 120_000, inAll: 256, perWorkspace: 32 };

/** Passes a file on as fast as the caller takes it; nothing of it is kept. */
export async function handleReadAttachment(
  deps: ReadAttachmentDeps,
  request: ReadAttachmentRequest,
  outlet: Outlet<ReadAttachmentResponse>,
): Promise<void> {
  using _ = enter(deps.reading, request.workspaceId);
  try {
    const found = await findFile(deps, request);
    const { headers, body } = await readFile(deps, found, { timeoutMs: limits.timeoutMs, maxBytes: deps.maxBytes, signal: outlet.signal });
    const length = headers['content-length'];
    await outlet.send({
      part: {
        $case: 'head',
        value: {
          contentType: headers['content-type'] ?? '',
          size: length === undefined || headers['content-encoding'] ? undefined : BigInt(length),
        },
      },
    });
    for await (const chunk of body) await outlet.send({ part: { $case: 'chunk', value: chunk } });
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    // The message names no address: whoever asks may not know where the provider keeps it.
    throw new BatonError('attachment_unavailable', `The file could not be read: ${error.message}.`, { cause: error });
  }
}

/** Slow readers hold connections to the places of their files: no tenant may hold them all. */
function enter(reading: Map<string, number>, workspaceId: string): Disposable {
  const own = reading.get(workspaceId) ?? 0;
  const all = [...reading.values()].reduce((sum, count) => sum + count, 0);
  if (own >= limits.perWorkspace || all >= limits.inAll)
    throw new BatonError('rate_limited', 'Too many files are being read at this moment; try again later.', { retryAfterSeconds: 2 });
  reading.set(workspaceId, own + 1);
  return {
    [Symbol.dispose]() {
      const left = (reading.get(workspaceId) ?? 1) - 1;
      if (left === 0) reading.delete(workspaceId);
      else reading.set(workspaceId, left);
    },
  };
}
