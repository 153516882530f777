// Second process of the floor: inbound message → row → event. Acknowledged last, so that a crash anywhere repeats and loses nothing.
import { Inserter } from './inserter.ts';
import { eachMessage, type FloorMessage, runFloorProcess, subjects } from './process.ts';
import { Publisher } from './publisher.ts';

await runFloorProcess('state', async (o, bus) => {
  const inserter = await Inserter.open(o.postgresUrl, 'inbound');
  const publisher = new Publisher(bus);
  await eachMessage(bus, { stream: 'INBOUND', subject: subjects.inbound }, (message) => {
    const row = message.json<FloorMessage>();
    inserter
      .add(row)
      .then(() => publisher.publish(subjects.received, message.data))
      .then(
        () => publisher.ack(message),
        () => message.nak(1000),
      );
  });
  return { [Symbol.asyncDispose]: () => inserter.close() };
});
