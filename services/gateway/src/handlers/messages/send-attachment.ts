import { Readable } from 'node:stream';
import type { ReadAttachmentResponse } from '@baton/contracts/gen/baton/delivery/v1/attachment_service.ts';
import { BatonError, notFound } from '@baton/errors/baton-error.ts';
import type { AttachmentName } from '@baton/runtime/attachment-links.ts';
import { create as contentDisposition } from 'content-disposition';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Deps } from '../../context.ts';
import { fileAnswer } from '../../domain/file-answer.ts';
import { present } from '../../wire/conversation.ts';

/** Longer than the dispatcher takes for the longest file: only a call that was forgotten ends by this. */
const callMs = 150_000;
const stallMs = 30_000;

/**
 * The bytes of a file, passed on from where its provider keeps them as fast as the reader takes them. What somebody else wrote runs nothing here: a type that a
 * browser could run is only saved, none is guessed, and the page that it would be has no rights.
 */
export async function sendAttachment(
  deps: Pick<Deps, 'conversations' | 'attachments'>,
  exchange: { request: FastifyRequest; reply: FastifyReply },
  { workspaceId, messageId, index }: AttachmentName,
): Promise<FastifyReply> {
  const { request, reply } = exchange;
  const { message, channelAccountId, cameByProvider } = await deps.conversations.getMessage({ workspaceId, messageId });
  const file = present(message).attachments[index];
  if (!file) throw notFound('attachment', `${messageId}/${index}`);
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort());
  const place = { workspaceId, channelAccountId, url: file.url, inbound: cameByProvider };
  const parts = deps.attachments.readAttachment(place, { timeoutMs: callMs, signal: gone.signal });
  // Awaited before the headers, so that a file that cannot be had is a proper answer.
  const first = await parts.next();
  if (first.done || first.value.part?.$case !== 'head') throw new BatonError('internal', 'A file came without its beginning.');
  const { contentType, size } = first.value.part.value;
  const answer = fileAnswer({ name: file.name, index }, [contentType, file.contentType]);
  void reply.headers({
    'content-disposition': contentDisposition(answer.name, { type: answer.disposition }),
    'content-security-policy': "sandbox; default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'private, max-age=3600',
    ...(size !== undefined && { 'content-length': String(size) }),
  });
  if (request.method === 'HEAD') {
    await parts.return();
    return reply.type(answer.contentType).send('');
  }
  return reply.type(answer.contentType).send(Readable.from(chunks(parts, gone), { objectMode: false, highWaterMark: 64 * 1024 }));
}

/** Fails rather than ends when something breaks: the connection is then cut, and nobody takes the file for complete. */
async function* chunks(
  parts: AsyncGenerator<ReadAttachmentResponse, void, void>,
  gone: AbortController,
): AsyncGenerator<Buffer, void, void> {
  let timer: NodeJS.Timeout | undefined;
  try {
    for await (const { part } of parts) {
      if (part?.$case !== 'chunk') continue;
      timer = setTimeout(() => gone.abort(), stallMs);
      yield part.value;
      clearTimeout(timer);
    }
  } finally {
    clearTimeout(timer);
  }
}
