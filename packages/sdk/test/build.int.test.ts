import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { startHttpStub } from '@baton/testkit/http-stub.ts';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const sdk = path.resolve(import.meta.dirname, '..');
const tsc = path.resolve(sdk, '../../node_modules/typescript/bin/tsc');

test('the package as it is published is plain JavaScript that asks nothing of Node, and works', async () => {
  await run(process.execPath, [tsc, '-p', sdk]);
  const dist = path.join(sdk, 'dist');
  expect(existsSync(path.join(dist, 'baton.d.ts'))).toBe(true);
  const scripts = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'));
  expect(scripts.length).toBeGreaterThan(5);
  // Browsers have no `node:`, no `process` and no `Buffer`; the types were checked without Node's.
  for (const file of scripts) expect(readFileSync(path.join(dist, file), 'utf8')).not.toMatch(/from 'node:|\bprocess\.|\bBuffer\b|\.ts'/);

  await using stub = await startHttpStub(async () => ({ json: { agents: [{ agent_id: 'agt_1' }], next_page_token: null } }));
  const program = `
    import { createBaton } from ${JSON.stringify(path.join(dist, 'baton.js'))};
    const baton = createBaton({ baseUrl: '${stub.url}', apiKey: 'k' });
    for await (const { agent_id } of baton.rows('listAgents')) console.log(agent_id);`;
  const { stdout } = await run(process.execPath, ['--no-strip-types', '--input-type=module', '--eval', program], { cwd: sdk });
  expect(stdout.trim()).toBe('agt_1');
});
