import type { MediaRequest } from '@baton/channels/provider.ts';
import type { Reading } from '@baton/egress/reading.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { FileDeps } from './find-file.ts';

const redirects = new Set([301, 302, 303, 307, 308]);
const mostRedirects = 5;

export interface ReadLimits {
  timeoutMs: number;
  maxBytes: number;
  signal: AbortSignal;
}

/**
 * The file, behind whatever redirects there are: providers send on to the store that has it. Each address is judged anew, credentials stay at the host that
 * they are for, and nothing leads from https back to http. Throws `attachment_unavailable`.
 */
export async function readFile(deps: Pick<FileDeps, 'egress'>, first: MediaRequest, limits: ReadLimits): Promise<Reading> {
  let request = first;
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const reading = await deps.egress.read({ ...request, ...limits });
    if (reading.status === 200) return reading;
    reading.drop();
    const location = redirects.has(reading.status) ? reading.headers.location : undefined;
    if (location === undefined) throw new BatonError('attachment_unavailable', `The place of the file answered ${reading.status}.`);
    request = followed(request, location);
  }
  throw new BatonError('attachment_unavailable', `The place of the file sends on more than ${mostRedirects} times.`);
}

function followed(from: MediaRequest, location: string): MediaRequest {
  const here = new URL(from.url);
  const there = URL.parse(location, here.href);
  if (!there || (here.protocol === 'https:' && there.protocol !== 'https:'))
    throw new BatonError('attachment_unavailable', 'The place of the file sends on to an address that is not safe to follow.');
  return { url: there.href, headers: there.origin === here.origin ? from.headers : {} };
}
