import { expect, test } from 'vitest';
import { importsOf, structureProblems } from './structure.ts';

const at = (path: string, text = '') => structureProblems([{ path, text }]);

test('domain may use contracts and domain, and nothing that reaches outside', () => {
  const rule = 'services/conversation-state/src/domain/mode.ts';
  expect(at(rule, "import type { Mode } from '@baton/contracts/vocabulary.ts';\nimport { epoch } from './epoch.ts';\n")).toEqual([]);
  expect(at(rule, "import { parse } from 'libphonenumber-js';\n")).toEqual([]);
  expect(at(rule, "import { readFile } from 'node:fs';\n")).toEqual([expect.stringContaining('domain is pure')]);
  expect(at(rule, "import { find } from '../store/find.ts';\n")).toEqual([
    expect.stringContaining('domain imports contracts and domain alone'),
  ]);
  expect(at(rule, "import { publish } from '@baton/bus/publish.ts';\n")).toEqual([
    expect.stringContaining('domain imports contracts and domain alone'),
  ]);
});

test('a rule takes time and chance as arguments, and only config.ts reads the environment', () => {
  const rule = 'services/gateway/src/domain/key.ts';
  expect(at(rule, "import { createHash } from 'node:crypto';\n")).toEqual([]);
  expect(at(rule, "import { randomBytes } from 'node:crypto';\n")).toEqual([expect.stringContaining('uses randomBytes')]);
  expect(at(rule, 'const now = Date.now();\n')).toEqual([expect.stringContaining('uses Date.now(')]);
  expect(at('services/gateway/src/handlers/a.ts', 'const x = process.env.X;\n')).toEqual([expect.stringContaining('only config.ts does')]);
  expect(at('services/gateway/src/config.ts', 'const x = process.env.X;\n')).toEqual([]);
});

test('nothing but egress asks an address that somebody else may have chosen', () => {
  const sender = 'services/dispatcher/src/sends/send.ts';
  const refused = [expect.stringContaining('packages/egress alone')];
  for (const way of ['undici', 'node:net', 'node:https', 'nodemailer', 'http2']) {
    expect(at(sender, `import { x } from '${way}';\n`)).toEqual(refused);
    expect(at('packages/channels/src/meta/media.ts', `import { x } from '${way}';\n`)).toEqual(refused);
    expect(at('packages/egress/src/egress.ts', `import { x } from '${way}';\n`)).toEqual([]);
  }
  expect(at(sender, "import type { IncomingHttpHeaders } from 'node:http';\n")).toEqual([]);
  expect(at(sender, "const answer = await fetch('https://example.com');\n")).toEqual(refused);
  expect(at(sender, 'const batch = await consumer.fetch({});\n')).toEqual([]);
});

test('store and handlers do not look upwards', () => {
  expect(at('services/gateway/src/store/keys.ts', "import { x } from '../handlers/list-agents.ts';\n")).toEqual([
    expect.stringContaining('store must not know handlers'),
  ]);
  expect(at('services/gateway/src/handlers/list.ts', "import { x } from '../service.ts';\n")).toEqual([
    expect.stringContaining('handlers must not know service'),
  ]);
  expect(at('services/gateway/src/handlers/list.ts', "import { x } from '../store/keys.ts';\n")).toEqual([]);
  expect(at('services/gateway/src/service.ts', "import { x } from './handlers/list.ts';\n")).toEqual([]);
});

test('wire may know the shape of a row, not how it is read', () => {
  expect(at('services/gateway/src/wire/key.ts', "import type { KeyRow } from '../store/keys.ts';\n")).toEqual([]);
  expect(at('services/gateway/src/wire/key.ts', "import { findKey } from '../store/keys.ts';\n")).toEqual([
    expect.stringContaining('wire must not know store'),
  ]);
});

test('services never import services, and packages never do', () => {
  expect(at('services/gateway/src/a.ts', "import { x } from '../../ingest/src/b.ts';\n")).toEqual([
    expect.stringContaining('services never import each other'),
  ]);
  expect(at('packages/db/src/a.ts', "await import('../../../services/ingest/src/b.ts');\n")).toEqual([
    expect.stringContaining('packages never import services'),
  ]);
});

test('long files, full folders and barrels are named', () => {
  expect(at('packages/db/src/long.ts', 'x\n'.repeat(401))).toEqual(['packages/db/src/long.ts has 401 lines; 400 are the limit']);
  expect(at('packages/db/src/index.ts', "export * from './a.ts';\n")).toHaveLength(2);
  const many = Array.from({ length: 16 }, (_, i) => ({ path: `packages/db/src/f${i}.ts`, text: '' }));
  expect(structureProblems(many)).toEqual(['packages/db/src holds 16 files; 15 are the limit']);
  expect(structureProblems(many.map(({ path, text }) => ({ path: path.replace('.ts', '.test.ts'), text })))).toEqual([]);
});

test('generated code is left alone', () => {
  expect(at('packages/contracts/src/gen/index.ts', 'x\n'.repeat(5000))).toEqual([]);
});

test('all ways to import are seen', () => {
  const text =
    "import type { A } from 'a';\nimport {\n  b,\n} from './b.ts';\nimport './c.ts';\nexport { d } from './d.ts';\nconst e = await import('./e.ts');\n";
  expect(importsOf(text).map(({ specifier, typeOnly }) => [specifier, typeOnly])).toEqual([
    ['a', true],
    ['./b.ts', false],
    ['./c.ts', false],
    ['./d.ts', false],
    ['./e.ts', false],
  ]);
});
