import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openApiDocument } from './openapi.ts';
import { sdkOperations, sdkTypes } from './sdk.ts';

// Writes everything that is published, made from the sources, below the folder named on the command line; prints the paths, one a line.
const [folder = '.'] = process.argv.slice(2);
const document = await openApiDocument();
const files: Record<string, string> = {
  'docs/openapi.json': `${JSON.stringify(document, null, 2)}\n`,
  'packages/sdk/src/gen/api.ts': await sdkTypes(document),
  'packages/sdk/src/gen/operations.ts': sdkOperations(document),
};
for (const [file, text] of Object.entries(files)) {
  const target = path.join(folder, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, text);
  console.log(file);
}
