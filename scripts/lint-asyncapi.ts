import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Parser } from '@asyncapi/parser';
import { root } from './command.ts';

const severities = ['error', 'warning', 'information', 'hint'];

/** Newer versions of the specification do not concern a document that says which one it follows. */
const exempt = new Set<string | number>(['asyncapi-latest-version']);

/** Whether AsyncAPI's own parser has nothing to say against docs/asyncapi.yaml, be it an error or a recommendation. */
export async function asyncApiIsValid(): Promise<boolean> {
  const file = path.join(root, 'docs/asyncapi.yaml');
  const found = await new Parser().validate(readFileSync(file, 'utf8'), { source: file });
  const diagnostics = found.filter(({ code }) => !exempt.has(code));
  for (const { severity, code, message, path: at } of diagnostics)
    console.error(`${severities[severity]} ${code}: ${message} (${at.join('.')})`);
  return diagnostics.length === 0;
}
