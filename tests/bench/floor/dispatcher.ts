// Third process of the floor: event → AI → row → event → provider.
import { Pool } from 'undici';
import { Inserter } from './inserter.ts';
import { eachMessage, type FloorMessage, runFloorProcess, subjects } from './process.ts';
import { Publisher } from './publisher.ts';

const json = { 'content-type': 'application/json' };

await runFloorProcess('dispatcher', async (o, bus) => {
  const inserter = await Inserter.open(o.postgresUrl, 'outbound');
  const publisher = new Publisher(bus);
  const ai = client(o.aiUrl);
  const provider = client(o.providerUrl);

  const answer = async (received: FloorMessage) => {
    const { text } = JSON.parse(await ai.post(JSON.stringify({ id: received.id, text: received.text }))) as { text: string };
    const reply: FloorMessage = { id: `r-${received.id}`, from: received.to, to: received.from, text };
    await inserter.add(reply);
    await publisher.publish(subjects.queued, Buffer.from(JSON.stringify(reply)));
  };

  await eachMessage(bus, { stream: 'EVENTS', subject: subjects.received }, (message) => {
    answer(message.json<FloorMessage>()).then(
      () => publisher.ack(message),
      () => message.nak(1000),
    );
  });
  await eachMessage(bus, { stream: 'EVENTS', subject: subjects.queued }, (message) => {
    provider.post(message.data).then(
      () => publisher.ack(message),
      () => message.nak(1000),
    );
  });
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all([ai.close(), provider.close(), inserter.close()]);
    },
  };
});

function client(url: string) {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections: 128, pipelining: 1 });
  return {
    close: () => pool.destroy(),
    async post(body: string | Uint8Array): Promise<string> {
      const response = await pool.request({ method: 'POST', path: pathname, headers: json, body });
      const text = await response.body.text();
      if (response.statusCode >= 300) throw new Error(`answered ${response.statusCode}`);
      return text;
    },
  };
}
