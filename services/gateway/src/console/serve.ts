import { randomBytes } from 'node:crypto';
import { notFound } from '@baton/errors/baton-error.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App, Deps } from '../context.ts';
import { type ConsoleFile, type ConsoleFiles, readConsole } from './files.ts';
import { consoleAssets, consolePages } from './pages.ts';
import { consolePolicy } from './policy.ts';

/** Serves the console where `BATON_CONSOLE_DIR` names a build of it. */
export function serveConsole(app: App, { config }: Deps): void {
  if (config.consoleDir === undefined) return;
  const files = readConsole(config.consoleDir);
  const ingestOrigin = config.simulator ? new URL(config.ingestUrl).origin : undefined;
  const hidden = { schema: { hide: true } };
  for (const page of consolePages) app.get(page, hidden, (_request, reply) => sendPage(reply, files, ingestOrigin));
  app.get<{ Params: { name: string } }>(consoleAssets, hidden, (request, reply) => {
    const file = files.assets.get(request.params.name);
    if (!file) throw notFound('file', request.params.name);
    return sendAsset(request, reply, file);
  });
}

/** New at every visit, since it names the assets that belong together. */
function sendPage(reply: FastifyReply, files: ConsoleFiles, ingestOrigin: string | undefined): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  return reply
    .header('cache-control', 'no-store')
    .header('content-security-policy', consolePolicy({ nonce, ingestOrigin }))
    .header('cross-origin-opener-policy', 'same-origin')
    .type('text/html; charset=utf-8')
    .serializer(String)
    .send(files.page.replace('%NONCE%', nonce));
}

/** Its name has the hash of its bytes, so it may be kept for ever. */
function sendAsset(request: FastifyRequest, reply: FastifyReply, file: ConsoleFile): FastifyReply {
  const encoding = encodingOf(request.headers['accept-encoding']);
  if (encoding) reply.header('content-encoding', encoding);
  return reply
    .header('cache-control', 'public, max-age=31536000, immutable')
    .header('vary', 'accept-encoding')
    .type(file.type)
    .send(encoding === 'br' ? file.br : encoding === 'gzip' ? file.gzip : file.plain);
}

function encodingOf(accepted: string | string[] | undefined): 'br' | 'gzip' | undefined {
  const offers = String(accepted ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => !/;\s*q=0(?:\.0*)?$/.test(one))
    .map((one) => one.split(';')[0]);
  return (['br', 'gzip'] as const).find((encoding) => offers.includes(encoding));
}
