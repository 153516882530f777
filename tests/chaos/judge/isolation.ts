import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Scene } from '../scene.ts';

/** Where the word of one tenant stands in what another has been shown, or in a log; and whether it stands in the tenant's own export at all. */
export async function judgeIsolation(scene: Scene, shown: Record<string, readonly unknown[]>): Promise<string[]> {
  const { tenant, bystander, running } = scene;
  const { word } = bystander;
  const places: Record<string, string[]> = {
    ...Object.fromEntries(Object.entries(shown).map(([name, items]) => [name, items.map((item) => JSON.stringify(item))])),
    'the other tenant’s export': [await exported(tenant.workspace)],
    'the other tenant’s search': [
      JSON.stringify((await tenant.workspace.must('GET', `/v1/conversations/search?query=${word}`)).hits ?? []),
    ],
    'the logs': logs(running.product.logsDir),
  };
  const wrong = Object.entries(places).flatMap(([name, texts]) => {
    const found = texts.find((text) => text.includes(word));
    return found === undefined ? [] : [`a word of another tenant stands in ${name}: ${around(found, word)}`];
  });
  const own = (await exported(bystander.workspace)).split(word).length - 1;
  if (own < bystander.accepted.length) wrong.push(`a tenant's own export has ${own} of its ${bystander.accepted.length} messages`);
  return wrong;
}

async function exported({ product, agentId, key }: Scene['tenant']['workspace']): Promise<string> {
  const answer = await fetch(`${product.gatewayUrls[0]}/v1/agents/${agentId}/conversations/export?format=ndjson&include=messages`, {
    headers: { authorization: `Bearer ${key}` },
  });
  if (!answer.ok) throw new Error(`The export was answered ${answer.status}.`);
  return answer.text();
}

function logs(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => readFileSync(path.join(folder, name), 'utf8').split('\n'));
}

function around(text: string, word: string): string {
  const at = text.indexOf(word);
  return text.slice(Math.max(0, at - 200), at + word.length + 20);
}
