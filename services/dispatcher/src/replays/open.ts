import { PastTurnServiceClient } from '@baton/contracts/gen/baton/conversation/v1/past_turn_service.ts';
import { openDatabase } from '@baton/db/open.ts';
import type { Directory } from '@baton/directory/watch.ts';
import { openEgress } from '@baton/egress/egress.ts';
import { createClient } from '@baton/rpc/client.ts';
import type { AttachmentLinks } from '@baton/runtime/attachment-links.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import type { SecretBox } from '@baton/runtime/secret-box.ts';
import type { Config } from '../config.ts';
import type { Events } from '../events.ts';
import type { Tables } from '../store/tables.ts';
import { quiet } from '../turns/shadow.ts';
import { Replays } from './replays.ts';

/** Replays with connections of their own, to Postgres, conversation-state and backends: what they wait for, no live turn waits for. */
export function openReplays(
  config: Config,
  o: {
    directory: Pick<Directory, 'agent'>;
    box: SecretBox;
    events: Events;
    attachmentLinks: AttachmentLinks;
    open: AsyncDisposableStack;
    logger: Logger;
  },
): Replays {
  const { db } = o.open.use(
    openDatabase<Tables>({
      url: config.postgresUrl,
      name: 'baton-dispatcher-replays',
      poolSize: 2,
      onError: (error) => o.logger.warn({ err: error }, 'a connection to Postgres broke'),
    }),
  );
  const { directory, box, attachmentLinks } = o;
  const pastTurns = o.open.use(
    createClient(PastTurnServiceClient, { address: config.conversationStateAddress, token: config.serviceToken, timeoutMs: 10_000 }),
  );
  const egress = o.open.use(openEgress({ allow: config.egressAllow, connectionsPerOrigin: config.replays.concurrency }));
  const deps = { db, pastTurns, directory, box, egress, events: quiet(o.events), attachmentLinks, settings: config.replays };
  return new Replays(deps, o.logger);
}
