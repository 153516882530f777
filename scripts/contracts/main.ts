import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { llmsFullText, llmsText } from '../../services/gateway/src/http/document/guide.ts';
import { asyncApiDocument, publishedSchemas } from './asyncapi.ts';
import { httpFiles } from './http-files.ts';
import { openApiDocument } from './openapi.ts';
import { sdkErrorCodes, sdkEvents, sdkOperations, sdkTypes } from './sdk.ts';

// Writes everything that is published, made from the sources, below the folder named on the command line; prints what it owns, one a line.
const [folder = '.'] = process.argv.slice(2);
const document = await openApiDocument();
const schemas = publishedSchemas(folder);
const [{ url: publicUrl }] = document['servers'] as [{ url: string }];
const files: Record<string, string> = {
  'docs/openapi.json': `${JSON.stringify(document, null, 2)}\n`,
  'docs/asyncapi.yaml': asyncApiDocument(schemas),
  'docs/llms.txt': llmsText(document, publicUrl),
  'docs/llms-full.txt': llmsFullText(document, publicUrl),
  ...httpFiles(document),
  'packages/sdk/src/gen/api.ts': await sdkTypes(document),
  'packages/sdk/src/gen/error-codes.ts': sdkErrorCodes(),
  'packages/sdk/src/gen/events.ts': await sdkEvents(schemas),
  'packages/sdk/src/gen/operations.ts': sdkOperations(document),
};
for (const [file, text] of Object.entries(files)) {
  const target = path.join(folder, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
}
// These folders hold nothing else: a file in them whose source is gone is to go as well.
const owned = ['docs/http', 'packages/sdk/src/gen'];
for (const place of new Set(Object.keys(files).map((file) => owned.find((dir) => file.startsWith(`${dir}/`)) ?? file))) console.log(place);
