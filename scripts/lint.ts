import path from 'node:path';
import { keepsContract } from './breaking.ts';
import { ran, root, steps } from './command.ts';
import { asyncApiIsValid } from './lint-asyncapi.ts';
import { functionsAreShort, structureIsSound } from './lint-structure.ts';

const failed = await steps([
  ['format and lint (biome)', () => ran('biome', ['check', '.'])],
  ['structure (size of files and folders, direction of imports)', structureIsSound],
  ['size of functions', functionsAreShort],
  ['proto style (buf lint)', () => ran('buf', ['lint'], path.join(root, 'proto'))],
  ['wire contract (buf breaking)', keepsContract],
  ['OpenAPI document (redocly, rules in redocly.yaml)', () => ran('redocly', ['lint', 'docs/openapi.json'])],
  ['AsyncAPI document (its own parser)', asyncApiIsValid],
]);
if (failed.length > 0) {
  console.error(`lint: failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
