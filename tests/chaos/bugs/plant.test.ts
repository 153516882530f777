import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { faults } from '../faults/all.ts';
import { bugs } from './list.ts';

const root = path.resolve(import.meta.dirname, '../../..');

test.for(bugs)('the guard behind "$name" stands in the code, once', ({ changes, faults: wanted }) => {
  for (const { file, find, replace } of changes) {
    expect(readFileSync(path.join(root, file), 'utf8').split(find)).toHaveLength(2);
    expect(replace).not.toBe(find);
  }
  const known = faults.map(({ name }) => name);
  for (const name of wanted) expect(known).toContain(name);
});
