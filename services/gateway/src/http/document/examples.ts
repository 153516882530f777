import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

type Json = Record<string, unknown>;

/** One request and its answer, as tests/e2e/examples.test.ts captured them from a running product. */
interface Example {
  request: { body?: unknown };
  status: number;
  answer: unknown;
  /** JSON unless told. */
  media_type?: string;
}

const folder = path.join(import.meta.dirname, '../../gen/examples');

/** Puts the captured requests and answers into the document: real ones, which a made-up example would sooner or later cease to be. */
export function addExamples(document: Json): Json {
  const examples = Object.entries(readFolder<Example>(folder));
  // `exportConversations.json`, and `exportConversations.text-csv.json` for another media type.
  const byOperation = Map.groupBy(examples, ([name]) => name.split('.')[0] ?? name);
  const problems = readFolder<unknown>(path.join(folder, 'problems'));
  for (const operation of operationsOf(document)) {
    const responses = operation['responses'] as Record<string, Json>;
    for (const [, example] of byOperation.get(String(operation['operationId'])) ?? []) {
      setExample(operation['requestBody'] as Json | undefined, example.request.body);
      setExample(responses[String(example.status)], example.answer, example.media_type);
    }
    nameProblems(responses['4XX'], Object.keys(problems));
  }
  const refusals = Object.fromEntries(Object.entries(problems).map(([code, value]) => [code, { value }]));
  return { ...document, components: { ...(document['components'] as Json), examples: refusals } };
}

function setExample(holder: Json | undefined, value: unknown, mediaType = 'application/json'): void {
  const media = (holder?.['content'] as Record<string, Json> | undefined)?.[mediaType];
  if (media && value !== undefined) media['example'] = value;
}

function nameProblems(answer: Json | undefined, codes: string[]): void {
  const media = (answer?.['content'] as Record<string, Json> | undefined)?.['application/problem+json'];
  if (media) media['examples'] = Object.fromEntries(codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]));
}

function operationsOf(document: Json): Json[] {
  return Object.values(document['paths'] as Record<string, Record<string, Json>>).flatMap((methods) => Object.values(methods));
}

function readFolder<T>(at: string): Record<string, T> {
  const files = readdirSync(at).filter((file) => file.endsWith('.json'));
  return Object.fromEntries(
    files.sort().map((file) => [path.basename(file, '.json'), JSON.parse(readFileSync(path.join(at, file), 'utf8')) as T]),
  );
}
