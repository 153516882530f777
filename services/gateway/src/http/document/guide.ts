import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { App } from '../../context.ts';

type Json = Record<string, unknown>;

interface Operation {
  id: string;
  method: string;
  path: string;
  source: Json;
}

const template = readFileSync(path.join(import.meta.dirname, '../../guide/llms.md'), 'utf8');
/** Made by `npm run generate` (which runs this code without it), and copied into the image. */
const asyncApiFile = path.join(import.meta.dirname, '../../../../../docs/asyncapi.yaml');

/** Serves the guide for agents that integrate Baton (https://llmstxt.org) and the AsyncAPI document. */
export function addGuide(app: App, publicUrl: string): void {
  const hidden = { schema: { hide: true } };
  const texts = { '/llms.txt': llmsText, '/llms-full.txt': llmsFullText };
  for (const [url, make] of Object.entries(texts)) {
    let text: string | undefined;
    app.get(url, hidden, async (_request, reply) => {
      text ??= make(app.swagger() as unknown as Json, publicUrl);
      return reply.type('text/plain; charset=utf-8').serializer(String).send(text);
    });
  }
  let asyncApi: string | undefined;
  app.get('/asyncapi.yaml', hidden, async (_request, reply) => {
    asyncApi ??= readFileSync(asyncApiFile, 'utf8');
    return reply.type('application/yaml; charset=utf-8').serializer(String).send(asyncApi);
  });
}

/** The guide, and a line for each operation. */
export function llmsText(document: Json, publicUrl: string): string {
  const groups = grouped(document).map(([tag, operations]) => {
    const lines = operations.map(({ id, method, path: at, source }) => `- \`${method} ${at}\` (${id}): ${source['summary']}`);
    return `## ${tag}\n\n${lines.join('\n')}\n`;
  });
  return `${template.replaceAll('{base}', publicUrl)}\n${groups.join('\n')}`;
}

/** The guide, and each operation with what it takes and a real answer. */
export function llmsFullText(document: Json, publicUrl: string): string {
  const groups = grouped(document).map(([tag, operations]) => `## ${tag}\n\n${operations.map(described).join('\n')}`);
  return `${template.replaceAll('{base}', publicUrl)}\n${groups.join('\n')}`;
}

function grouped(document: Json): [tag: string, operations: Operation[]][] {
  const groups = new Map<string, Operation[]>();
  for (const [at, methods] of Object.entries(document['paths'] as Record<string, Record<string, Json>>))
    for (const [method, source] of Object.entries(methods)) {
      if (method === 'head') continue;
      const tag = (source['tags'] as string[] | undefined)?.[0] ?? 'Other';
      const operation = { id: String(source['operationId']), method: method.toUpperCase(), path: at, source };
      groups.set(tag, [...(groups.get(tag) ?? []), operation]);
    }
  return [...groups];
}

function described({ method, path: at, source }: Operation): string {
  const parameters = ((source['parameters'] ?? []) as Json[])
    .filter((parameter) => parameter['in'] === 'query')
    .map((parameter) => `- \`${parameter['name']}\` in the query${wordsOf(parameter)}`);
  const request = exampleOf(source['requestBody'] as Json | undefined);
  const [status, answer] = Object.entries(source['responses'] as Record<string, Json>).find(([code]) => /^2/.test(code)) ?? [];
  const given = exampleOf(answer);
  return [
    `### ${method} ${at}`,
    '',
    `${source['summary']}.${source['description'] === undefined ? '' : ` ${source['description']}`}`,
    ...(parameters.length > 0 ? ['', ...parameters] : []),
    ...(request === undefined ? [] : ['', 'Request:', '', fenced(request)]),
    ...(given === undefined ? [] : ['', `Answer ${status}:`, '', fenced(given)]),
    '',
  ].join('\n');
}

function wordsOf(parameter: Json): string {
  const { enum: words } = (parameter['schema'] ?? {}) as { enum?: string[] };
  const meaning = parameter['description'] ?? words?.map((word) => `\`${word}\``).join(', ');
  return meaning === undefined ? '' : `: ${meaning}`;
}

function exampleOf(holder: Json | undefined): unknown {
  return (holder?.['content'] as Record<string, Json> | undefined)?.['application/json']?.['example'];
}

function fenced(value: unknown): string {
  return `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
}
