import { Readable } from 'node:stream';
import { create as contentDisposition } from 'content-disposition';
import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { type App, type Deps, workspaceOf } from '../../context.ts';
import { exportBody } from '../../export/body.ts';
import { csvFormat } from '../../export/csv.ts';
import type { ExportFormat } from '../../export/format.ts';
import { jsonFormat, ndjsonFormat } from '../../export/json.ts';
import { requireId } from '../../http/parameters.ts';
import { Id } from '../../schemas/common.ts';
import { ConversationExport, ExportedConversation, ExportQuery } from '../../schemas/export.ts';

const schema = {
  operationId: 'exportConversations',
  summary: 'Export the conversations of an agent',
  description:
    'Newest activity first, all as they stood at one moment, as fast as you read. A file is complete when the connection ends cleanly; where something breaks it is cut. ' +
    'Then, or to have more than `limit`, ask again with the last `cursor` that came: what has been active since comes first, again or anew (the later row counts), then ' +
    'the rest. An export may take five minutes, and a reader that takes nothing for 30 seconds is cut off. In CSV, cells that a spreadsheet would take for a formula, ' +
    'phone numbers among them, begin with an apostrophe.',
  tags: ['Conversations'],
  params: Type.Object({ agent_id: Id('agt') }),
  querystring: ExportQuery,
  response: {
    200: {
      description: 'The file.',
      headers: { 'content-disposition': { type: 'string', description: 'A name for the file.' } },
      content: {
        'application/json': { schema: ConversationExport },
        'application/x-ndjson': { schema: ExportedConversation },
        'text/csv': { schema: Type.String() },
      },
    },
  },
};

/** Longer than the longest export, which conversation-state ends: only a call that was forgotten ends by this. */
const callMs = 6 * 60_000;

export function exportConversations(app: App, deps: Deps): void {
  app.get('/v1/agents/:agent_id/conversations/export', { schema, config: { auth: { scope: 'read' } } }, async (request, reply) => {
    const workspaceId = workspaceOf(request);
    const agentId = requireId('agent', 'agent', request.params.agent_id);
    const cursor = deps.pageTokens.open(request, request.query.cursor);
    const { displayName } = await deps.directory.getAgent({ workspaceId, agentId, alsoDeleted: true });
    const format = formatOf(request.query);
    const day = new Date().toISOString().slice(0, 10);
    const name = contentDisposition(`${displayName} conversations ${day}.${format.extension}`, {
      fallback: `conversations ${day}.${format.extension}`,
    });
    const gone = new AbortController();
    reply.raw.once('close', () => gone.abort());
    const headers = { 'content-disposition': name, 'cache-control': 'no-store' };
    if (request.method === 'HEAD')
      return reply
        .headers(headers)
        .type(format.mediaType)
        .send(Readable.from([]) as never);
    const { limit, include } = request.query;
    const rest = deps.exports.exportConversations(
      { workspaceId, agentId, limit: limit === 'all' ? 0 : Number(limit ?? 10_000), includeMessages: include !== undefined, cursor },
      { timeoutMs: callMs, signal: gone.signal },
    );
    // The first part is awaited before the headers, so that a refusal is a proper answer.
    const first = await rest.next();
    const body = exportBody(format, { first, rest, gone, signCursor: signer(deps, request), stallMs: deps.config.exportStallMs });
    return reply
      .headers(headers)
      .type(format.mediaType)
      .send(body as never);
  });
}

function signer(deps: Deps, request: FastifyRequest): (cursor: string) => string {
  return (cursor) => deps.pageTokens.sign(request, cursor) ?? '';
}

function formatOf(query: Static<typeof ExportQuery>): ExportFormat {
  const withMessages = query.include !== undefined;
  switch (query.format) {
    case 'csv':
      return csvFormat(withMessages, query.bom ?? true);
    case 'ndjson':
      return ndjsonFormat(withMessages);
    case 'json':
    case undefined:
      return jsonFormat(withMessages);
    default:
      query.format satisfies never;
      throw new Error('unreachable');
  }
}
