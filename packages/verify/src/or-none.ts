import { JetStreamApiError } from '@nats-io/jetstream';

/** The server's codes for what is not there. */
export const noStream = 10059;
export const noConsumer = 10014;

/** What is asked of JetStream; undefined when it is refused with one of these codes. */
export async function orNone<T>(codes: readonly number[], ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof JetStreamApiError && codes.includes(error.code)) return undefined;
    throw error;
  }
}
