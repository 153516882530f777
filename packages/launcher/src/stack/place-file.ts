import { renameSync, rmSync, writeFileSync } from 'node:fs';
import type { Stack } from '../stack.ts';

/** `.baton/place.json`: where everything of a running installation is, for the command line (`npx baton`). Readable by its owner alone. */
export function writePlace(
  file: string,
  stack: Pick<Stack, 'conversationStateAddrs' | 'dispatcherAddrs' | 'secrets' | 'natsUrl' | 'superUrl'>,
): void {
  const postgres = new URL(stack.superUrl);
  postgres.pathname = '/baton';
  const place = {
    conversation_state: stack.conversationStateAddrs.join(','),
    dispatcher: stack.dispatcherAddrs.join(','),
    service_token: stack.secrets.serviceToken,
    nats: stack.natsUrl,
    postgres: postgres.href,
  };
  writeFileSync(`${file}.new`, `${JSON.stringify(place, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function removePlace(file: string): void {
  rmSync(file, { force: true });
}
