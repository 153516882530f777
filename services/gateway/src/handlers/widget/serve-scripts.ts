import { notFound } from '@baton/errors/baton-error.ts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { App } from '../../context.ts';
import { namesTag } from '../../domain/entity-tag.ts';
import { readWidgetFiles, type Script } from '../../widget/files.ts';

const hidden = { schema: { hide: true } };
const params = Type.Object({ file: Type.String() });
const year = 'public, max-age=31536000, immutable';

/** `GET /widget.js`, asked for again every few minutes, and `GET /widget/assets/widget-<digest>.js`, never again. */
export function serveWidgetScripts(app: App): void {
  const { loader, widget } = readWidgetFiles();
  app.get('/widget.js', hidden, async (request, reply) =>
    send({ request, reply }, loader, 'public, max-age=300, stale-while-revalidate=86400'),
  );
  app.get('/widget/assets/:file', { schema: { ...hidden.schema, params } }, async (request, reply) => {
    const { file } = request.params;
    if (!/^widget-[0-9a-f]{16}\.js$/.test(file)) throw notFound('file', file.slice(0, 64));
    // While instances of two versions run, a page may ask this one for the other's script: it gets ours, and does not keep it under that name.
    return send({ request, reply }, widget, file === widget.name ? year : 'no-store');
  });
}

function send({ request, reply }: { request: FastifyRequest; reply: FastifyReply }, script: Script, cacheControl: string): FastifyReply {
  const known = namesTag(request.headers['if-none-match'] ?? '', script.digest);
  return (
    reply
      .code(known ? 304 : 200)
      .type('text/javascript; charset=utf-8')
      .header('cache-control', cacheControl)
      .header('etag', `W/"${script.digest}"`)
      // For every page: who may use it is decided where visitors are made.
      .header('cross-origin-resource-policy', 'cross-origin')
      .header('access-control-allow-origin', '*')
      .serializer(String)
      .send(known ? '' : script.text)
  );
}
