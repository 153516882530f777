import type { Demo } from './file.ts';

/** What is printed when all is up: the addresses, a key, and three commands that work as they stand. */
export function instructions(demo: Demo): string {
  const [account] = demo.channel_accounts;
  const auth = `-H 'Authorization: Bearer ${demo.api_key}'`;
  const json = "-H 'Content-Type: application/json'";
  // The id is the provider's and must be new each time: a repeated one is, rightly, no second message.
  const message = `{"type":"message","id":"'$(date +%s)'","channel":"${account?.channel}","from":"${demo.customer}","to":"${account?.address}","text":"Do you deliver?"}`;
  const conversation = `${demo.gateway_url}/v1/conversations/${demo.conversation_id}`;
  return [
    '',
    `  console      ${demo.console_url}`,
    '               (signs you in once, within ten minutes; the next start prints another one)',
    `  API          ${demo.gateway_url}/v1      docs ${demo.gateway_url}/docs`,
    `  webhooks in  ${demo.ingest_url}/providers/…`,
    `  chat widget  ${demo.widget?.url}`,
    `  API key      ${demo.api_key}`,
    '',
    'A customer writes (the demo agent echoes):',
    '',
    `curl -s -X POST '${account?.webhook_url}' ${json} -d '${message}'`,
    '',
    'See the conversation, newest message first:',
    '',
    `curl -s '${conversation}' ${auth}`,
    '',
    'Take it over; from the answer on the AI is silent (write again, and see):',
    '',
    `curl -s -X PATCH '${conversation}' ${auth} ${json} -d '{"ai_mode":"human"}'`,
    '',
  ].join('\n');
}

/** The same without demo data: how to make a workspace. */
export function bareInstructions(o: { gatewayUrl: string; ingestUrl: string; partnerKey: string }): string {
  return [
    '',
    `  API          ${o.gatewayUrl}/v1      docs ${o.gatewayUrl}/docs`,
    `  webhooks in  ${o.ingestUrl}/providers/…`,
    `  partner key  ${o.partnerKey}`,
    '',
    'Make a workspace:',
    '',
    `curl -s -X POST '${o.gatewayUrl}/v1/workspaces' -H 'Authorization: Bearer ${o.partnerKey}' -H 'Content-Type: application/json' -d '{"name":"Mine"}'`,
    '',
  ].join('\n');
}
