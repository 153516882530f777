import { Readable } from 'node:stream';
import { BatonError, notFound } from '@baton/errors/baton-error.ts';
import type { FastifyInstance } from 'fastify';
import type { Files } from '../files.ts';
import type { Gate } from '../http/gate.ts';

export interface GetFileDeps {
  store(): { files: Files } | undefined;
  gate: Gate;
}

type Params = { Params: { channelAccountId: string; fileId: string } };

/** `GET /files/{channel_account_id}/{file_id}`: a file that came with a mail. Who knows the address may read it; it cannot be guessed. */
export async function getFile(app: FastifyInstance, deps: GetFileDeps): Promise<void> {
  app.get<Params>(
    '/files/:channelAccountId/:fileId',
    { onRequest: async (request, reply) => deps.gate.enter(request, reply) },
    async (request, reply) => {
      const { channelAccountId, fileId } = request.params;
      if (!/^chn_[0-9a-z]{1,60}$/.test(channelAccountId) || !/^[A-Za-z0-9_-]{43}$/.test(fileId))
        throw notFound('file', fileId.slice(0, 60));
      const store = deps.store();
      if (!store) throw new BatonError('unavailable', 'The files are not reachable.', { retryAfterSeconds: 1 });
      const found = await store.files.find(channelAccountId, fileId).catch((cause: unknown) => {
        throw new BatonError('unavailable', 'The file cannot be read right now.', { retryAfterSeconds: 1, cause });
      });
      if (!found) throw notFound('file', fileId);
      // Of unknown make, from a stranger: a browser that comes here may only save it.
      return reply
        .headers({
          'content-type': found.info.metadata?.['content_type'] ?? 'application/octet-stream',
          'content-length': String(found.info.size),
          'content-disposition': 'attachment',
          'x-content-type-options': 'nosniff',
          'content-security-policy': "default-src 'none'; sandbox",
          'cache-control': 'private, max-age=3600',
        })
        .send(Readable.fromWeb(found.data as never));
    },
  );
}
