import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

type Json = Record<string, unknown>;

/** One request and its answer, as tests/e2e/examples.test.ts captured them from a running product. */
interface Example {
  request: { body?: unknown };
  status: number;
  answer: unknown;
}

const folder = path.join(import.meta.dirname, '../../gen/examples');

/** Puts the captured requests and answers into the document: real ones, which a made-up example would sooner or later cease to be. */
export function addExamples(document: Json): Json {
  const operations = readFolder<Example>(folder);
  const problems = readFolder<unknown>(path.join(folder, 'problems'));
  for (const operation of operationsOf(document)) {
    const example = operations[String(operation['operationId'])];
    const responses = operation['responses'] as Record<string, Json>;
    if (example) {
      setExample(operation['requestBody'] as Json | undefined, example.request.body);
      setExample(responses[String(example.status)], example.answer);
    }
    nameProblems(responses['4XX'], Object.keys(problems));
  }
  const examples = Object.fromEntries(Object.entries(problems).map(([code, value]) => [code, { value }]));
  return { ...document, components: { ...(document['components'] as Json), examples } };
}

function setExample(holder: Json | undefined, value: unknown): void {
  const media = (holder?.['content'] as Record<string, Json> | undefined)?.['application/json'];
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
