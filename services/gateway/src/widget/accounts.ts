import type { Bus } from '@baton/bus/connect.ts';
import type { Account } from '@baton/channels/provider.ts';
import { openSecrets } from '@baton/directory/secrets.ts';
import { type Directory, watchDirectory } from '@baton/directory/watch.ts';
import { BatonError, notFound } from '@baton/errors/baton-error.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import { SecretBox } from '@baton/runtime/secret-box.ts';

/** An account that widgets stand for, and who answers there. */
export interface WidgetAccount {
  account: Account;
  agentName: string;
  /** Whether anything but people may answer. */
  hasAi: boolean;
}

/** The channel accounts of provider `web`, from the directory: visitors are served while conversation-state is slow, and refused at once when an account is switched off. */
export class WidgetAccounts implements AsyncDisposable {
  readonly #logger: Logger;
  readonly #secrets: ReturnType<typeof openSecrets>;
  #directory: Directory | undefined;

  constructor(o: { secretKeys: string[]; logger: Logger }) {
    this.#logger = o.logger;
    this.#secrets = openSecrets(new SecretBox(o.secretKeys), (id, error) =>
      o.logger.error({ err: error, channel_account_id: id }, 'the credentials of a channel account cannot be opened'),
    );
  }

  /** Of the newest connection to NATS. */
  follow(bus: Bus): void {
    const before = this.#directory;
    this.#directory = watchDirectory(bus, { logger: this.#logger, kinds: ['channel_account', 'agent'] });
    void before?.[Symbol.asyncDispose]();
  }

  /** Throws `not_found` for what is no enabled web account, `unavailable` before the directory is known. */
  get(channelAccountId: string): WidgetAccount {
    const directory = this.#directory;
    const entry = directory?.channelAccount(channelAccountId);
    if (!directory || (!entry && directory.problem() !== undefined))
      throw new BatonError('unavailable', 'The channel accounts are not known yet.', { retryAfterSeconds: 1 });
    if (!entry?.enabled || entry.provider !== 'web') throw notFound('channel account', channelAccountId.slice(0, 64));
    const agent = directory.agent(entry.agent_id);
    return {
      account: this.#secrets.account(entry),
      agentName: agent?.display_name ?? '',
      hasAi: agent?.enabled === true && agent.backend.kind !== 'none',
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#directory?.[Symbol.asyncDispose]();
  }
}
