import { adapters } from '@baton/channels/adapters.ts';
import type { MediaRequest } from '@baton/channels/provider.ts';
import type { Directory } from '@baton/directory/watch.ts';
import type { Egress } from '@baton/egress/egress.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { Secrets } from '../secrets.ts';

export interface FileDeps {
  directory: Pick<Directory, 'channelAccount'>;
  secrets: Pick<Secrets, 'account'>;
  egress: Pick<Egress, 'request' | 'read'>;
}

/** An attachment as a message names it. */
export interface AttachmentPlace {
  workspaceId: string;
  channelAccountId: string;
  url: string;
  /** It came in through the account. */
  inbound: boolean;
}

const lookupLimits = { timeoutMs: 10_000, maxBytes: 64 * 1024 };

/**
 * The request that brings the file: with the account's credentials where the adapter says so, which is at the provider's own host alone, and after asking the
 * provider where the file is, where it only gave an id. Throws `attachment_unavailable`.
 */
export async function findFile(deps: FileDeps, place: AttachmentPlace): Promise<MediaRequest> {
  const plain = { url: place.url, headers: {} };
  const entry = place.inbound ? deps.directory.channelAccount(place.channelAccountId) : undefined;
  if (entry?.workspace_id !== place.workspaceId) return plain;
  const source = adapters[entry.provider].mediaSource?.(place.url, deps.secrets.account(entry));
  if (!source) return plain;
  if (source.kind === 'file') return source.request;
  const answer = await deps.egress.request({ method: 'GET', ...source.request, ...lookupLimits });
  const found = answer.status === 200 ? source.found(answer.body.toString('utf8')) : undefined;
  if (!found)
    throw new BatonError(
      'attachment_unavailable',
      `The provider does not say where the file is (status ${answer.status}); it may have been deleted.`,
    );
  return found;
}
