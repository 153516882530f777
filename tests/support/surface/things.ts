import { eventually } from '@baton/testkit/eventually.ts';
import { type Json, must } from '../api.ts';
import { tapInbound } from '../inbound-tap.ts';
import type { Product } from '../product.ts';
import type { Workspace } from '../workspace.ts';
import type { Ids } from './routes.ts';

/**
 * One of each thing that a path can name, with the canary in every text it has; by the name of the parameter. `at`: the workspace's own digits in
 * phone numbers.
 */
export async function thingsOf(o: {
  product: Product;
  workspace: Workspace;
  canary: string;
  at: string;
  partnerKey: string;
}): Promise<Ids> {
  const { workspace, canary } = o;
  const email = `${canary}@example.com`;
  const { message_id, conversation_id, dispatch_id, suggestion_id, phone, account } = await conversationWith(o);
  await workspace.must('PATCH', `/v1/agents/${workspace.agentId}`, { display_name: canary, fallback_text: canary });
  const { contact } = await workspace.must('PATCH', `/v1/conversations/${conversation_id}`, {
    subject: canary,
    tags: [canary],
    metadata: { note: canary },
    contact_name: canary,
    ai_mode: 'human',
    reason: canary,
  });
  await workspace.must('PATCH', `/v1/contacts/${contact.contact_id}`, { email, attributes: { note: canary } });
  await workspace.must('PUT', `/v1/opt-outs/${encodeURIComponent(`+1202555${o.at}9`)}`, { agent_id: workspace.agentId });
  const canned = await workspace.must('POST', '/v1/canned-replies', { shortcut: canary, title: canary, text: canary, tags: [canary] });
  const { note_id } = await workspace.must('POST', `/v1/conversations/${conversation_id}/notes`, { text: canary });
  const user = await workspace.must('POST', '/v1/users', { email, display_name: canary, role: 'owner' });
  const link = await workspace.must('POST', `/v1/users/${user.user_id}/sign-in-links`);
  const session = await must('POST', `${o.product.gatewayUrls[0]}/v1/sessions`, {
    body: { one_time_token: link.token },
    headers: { 'user-agent': canary },
  });
  const key = await workspace.must('POST', '/v1/api-keys', { name: canary, scopes: ['read'] });
  const partner = await must('POST', `${o.product.gatewayUrls[0]}/v1/partner-keys`, {
    key: o.partnerKey,
    body: { name: canary, scopes: ['read'] },
  });
  const webhook = await workspace.must('POST', '/v1/webhooks', {
    url: `http://127.0.0.1:9/${canary}`,
    description: canary,
    // What does not happen here: deliveries of their own would change what is compared.
    event_types: ['window.closing'],
  });
  const test = await workspace.must('POST', `/v1/webhooks/${webhook.webhook_endpoint_id}/test`);
  const [audited] = (await workspace.must('GET', `/v1/audit-log?target_id=${conversation_id}`)).entries;
  return {
    workspace_id: workspace.workspaceId,
    account_id: workspace.workspaceId,
    agent_id: workspace.agentId,
    channel_account_id: account,
    conversation_id,
    message_id,
    dispatch_id,
    suggestion_id,
    contact_id: contact.contact_id,
    canned_reply_id: canned.canned_reply_id,
    note_id,
    tag_name: canary,
    // What lists are filtered by.
    actor_id: audited.api_key_id,
    target_id: conversation_id,
    contactId: contact.contact_id,
    lead_id: contact.contact_id,
    customer_id: contact.contact_id,
    phone,
    address: phone,
    user_id: user.user_id,
    session_id: session.session_id,
    api_key_id: key.api_key_id,
    partner_key_id: partner.api_key_id,
    dead_letter_id: await deadLetterOf(o, account),
    webhook_endpoint_id: webhook.webhook_endpoint_id,
    delivery_id: test.delivery_id,
    replay_id: await replayOf(workspace, { canary, conversation_id }),
  };
}

/** A customer writes, an AI answers and then a person. */
async function conversationWith({ workspace, canary, at }: { workspace: Workspace; canary: string; at: string }): Promise<Json> {
  const account = await workspace.addChannel({ provider: 'simulator', channel: 'sms', address: `+1202555${at}0` });
  const customer = workspace.customer(account, { name: canary, from: `+1202555${at}1` });
  await customer.says(canary);
  await customer.heard(1);
  const { conversation_id } = await workspace.conversationOf(customer.address);
  const path = `/v1/conversations/${conversation_id}`;
  // Of something that is there.
  const attachments = [{ url: `${workspace.product.gatewayUrls[0]}/llms.txt?${canary}`, name: `${canary}.txt` }];
  const sent = await workspace.must('POST', `${path}/messages`, { body: canary, attachments, sender_name: canary, takeover: false });
  await customer.heard(2);
  // Receipts come after: what is compared later must stand still.
  await eventually(
    async () => (await workspace.must('GET', `/v1/messages/${sent.message_id}`)).status,
    (status) => status === 'read',
  );
  const { dispatches } = await workspace.must('GET', `${path}/dispatches`);
  const { dispatch_id } = dispatches[0];
  const suggestion_id = await suggestionFor(customer, { workspace, canary });
  return {
    conversation_id,
    message_id: sent.message_id,
    dispatch_id,
    suggestion_id,
    phone: customer.address,
    account: account.channel_account_id,
  };
}

/** They write again, and the AI's reply waits for a person. */
async function suggestionFor(
  customer: { says(text: string): Promise<unknown> },
  o: { workspace: Workspace; canary: string },
): Promise<string> {
  const agent = `/v1/agents/${o.workspace.agentId}`;
  await o.workspace.must('PATCH', agent, { approval: 'required' });
  await customer.says(o.canary);
  const [{ suggestion_id }] = await eventually(
    async () => (await o.workspace.must('GET', '/v1/suggestions')).suggestions,
    (found) => found.length === 1,
    { what: 'the suggestion' },
  );
  await o.workspace.must('PATCH', agent, { approval: 'none' });
  return suggestion_id;
}

/** Of all their turns, over. */
async function replayOf({ agentId, must }: Workspace, o: { canary: string; conversation_id: string }): Promise<string> {
  const body = { name: o.canary, agent_id: agentId, conversation_ids: [o.conversation_id], backend: { kind: 'echo' } };
  const { replay_id } = await must('POST', '/v1/replays', body);
  await eventually(
    async () => (await must('GET', `/v1/replays/${replay_id}`)).status,
    (status) => status === 'completed',
    { what: 'the replay' },
  );
  return replay_id;
}

async function deadLetterOf(
  { product, workspace, canary }: { product: Product; workspace: Workspace; canary: string },
  account: string,
): Promise<string> {
  await using tap = await tapInbound(product, workspace);
  await tap.repeat({ subject: `inbound.message.p00.${workspace.workspaceId}.${account}`, data: `{"${canary}":` });
  const [letter] = await eventually(
    async () => (await workspace.must('GET', '/v1/dead-letters')).dead_letters,
    (letters) => letters.length === 1,
    { what: 'the dead letter' },
  );
  return letter.dead_letter_id;
}
