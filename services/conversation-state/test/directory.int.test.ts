import { directoryBucket, directoryKey } from '@baton/contracts/subjects.ts';
import { eventually } from '@baton/testkit/eventually.ts';
import { Kvm } from '@nats-io/kv';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { restoreDirectory } from '../src/directory/publish.ts';
import { type Harness, makeWorkspace, startHarness } from './harness.ts';

let h: Harness;
let system: pg.Pool;
beforeAll(async () => {
  h = await startHarness();
  system = new pg.Pool({ connectionString: h.infra.postgres.urls.baton_conversation_system, max: 1 });
});
afterAll(async () => {
  await system.end();
  await h[Symbol.asyncDispose]();
});

test('what is deleted leaves the bucket and its secrets the database; a bucket that still knows it is put right', async () => {
  const w = await makeWorkspace(h);
  const bucket = await new Kvm(h.bus.js).open(directoryBucket);
  const key = directoryKey('channel_account', w.sms);
  const entry = await eventually(
    () => bucket.get(key),
    (found) => found?.operation === 'PUT',
  );
  await h.directory.deleteChannelAccount({ context: w.context, channelAccountId: w.sms, force: false });
  const gone = await eventually(
    () => bucket.get(key),
    (found) => found?.operation === 'DEL',
  );
  expect(gone?.length).toBe(0);
  const { rows } = await h.admin.query(
    'select credentials, credential_names, enabled from conversation.channel_account where channel_account_id = $1',
    [w.sms],
  );
  expect(rows).toEqual([{ credentials: null, credential_names: [], enabled: false }]);

  await bucket.put(key, entry!.value);
  await restoreDirectory(h.bus, system);
  expect((await bucket.get(key))?.operation).toBe('DEL');
  expect((await bucket.get(directoryKey('channel_account', w.whatsapp)))?.operation).toBe('PUT');
});

test('the same deletion again is answered as the first time, another one finds nothing', async () => {
  const w = await makeWorkspace(h);
  const context = { ...w.context, commandId: `delete-${w.agentId}` };
  const first = await h.directory.deleteAgent({ context, agentId: w.agentId, force: true });
  expect(await h.directory.deleteAgent({ context, agentId: w.agentId, force: true })).toEqual(first);
  const another = h.directory.deleteAgent({ context: w.context, agentId: w.agentId, force: true });
  await expect(another).rejects.toMatchObject({ code: 'not_found' });
});
