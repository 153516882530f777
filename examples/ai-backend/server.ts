// An AI backend for Baton: answers turns, hands off to a person on request. Replace `think` by your model.
//   BATON_WEBHOOK_SECRET=whsec_… PORT=8080 node server.ts
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';

interface Turn {
  dispatch_id: string;
  contact: { name: string | null } | null;
  messages: { message_id: string; role: 'user' | 'assistant' | 'operator' | 'system'; text: string }[];
  new_message_ids: string[];
}

const webhook = new Webhook(process.env['BATON_WEBHOOK_SECRET'] ?? '');
// A turn that comes again (a lost answer, a restart) has the same id and must get the same answer.
const answers = new Map<string, object>();

function think({ messages, new_message_ids, contact }: Turn): object {
  const asked = messages.filter(({ message_id }) => new_message_ids.includes(message_id)).map(({ text }) => text);
  if (/\b(human|person|agent)\b/i.test(asked.join(' ')))
    return { text: 'One moment, a colleague will answer.', handoff: { reason: 'asked for a person', summary: asked.join(' ') } };
  return { text: `${contact?.name ?? 'Hello'}, you wrote: ${asked.join(' / ')}`, tags: ['example'] };
}

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  try {
    const turn = webhook.verify(Buffer.concat(chunks), request.headers as Record<string, string>) as Turn;
    const answer = answers.get(turn.dispatch_id) ?? think(turn);
    answers.set(turn.dispatch_id, answer);
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  } catch {
    response.writeHead(401).end();
  }
});
server.listen(Number(process.env['PORT'] ?? 8080), '127.0.0.1', () => {
  const address = server.address();
  console.log(`listening on http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
});
