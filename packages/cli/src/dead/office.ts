import { WebhookServiceClient } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import { DeadLetterServiceClient } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import { createClient } from '@baton/rpc/client.ts';
import type { Place } from '../place.ts';
import { deliveryOf, type Kind, kinds, type Letter, letterOf, tryOf, type WholeLetter } from './letter.ts';

export interface Filter {
  kinds: readonly Kind[];
  workspaceId: string | undefined;
  /** Those that a person has dealt with as well. */
  all: boolean;
}

const pageSize = 250;

/** Every dead letter of an installation, wherever it is kept. */
export class Office implements Disposable {
  readonly #inbound;
  readonly #signals;
  readonly #webhooks;

  constructor(place: Pick<Place, 'conversation_state' | 'dispatcher' | 'service_token'>) {
    const at = (address: string) => ({ address, token: place.service_token, timeoutMs: 15_000 });
    this.#inbound = createClient(DeadLetterServiceClient, at(place.conversation_state));
    this.#signals = createClient(DeadLetterServiceClient, at(place.dispatcher));
    this.#webhooks = createClient(WebhookServiceClient, at(place.dispatcher));
  }

  /** Of each kind newest first, the kinds one after the other. */
  async *list(filter: Filter): AsyncGenerator<Letter> {
    for (const kind of kinds) {
      if (!filter.kinds.includes(kind)) continue;
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        const page: { letters: Letter[]; next: string } = await this.#page(kind, { ...filter, cursor, id: '' });
        yield* page.letters;
        cursor = page.next || undefined;
      }
    }
  }

  /** undefined: there is none of that id. */
  async find(id: string): Promise<Letter | undefined> {
    const wanted = id.startsWith('whd_') ? (['delivery'] as const) : (['inbound', 'signal'] as const);
    for (const kind of wanted) {
      const { letters } = await this.#page(kind, { workspaceId: undefined, all: true, cursor: '', id });
      if (letters[0]) return letters[0];
    }
    return undefined;
  }

  async whole(letter: Letter, withText: boolean): Promise<WholeLetter> {
    const { workspace_id: workspaceId, id } = letter;
    if (letter.kind === 'delivery') {
      const found = await this.#webhooks.getDelivery({ workspaceId, deliveryId: id });
      const tries = found.attempts.map((attempt) => tryOf(attempt, withText));
      return { ...(found.delivery ? deliveryOf(found.delivery, withText) : letter), text: withText ? found.body : null, tries };
    }
    const found = await this.#letters(letter.kind).getDeadLetter({ workspaceId, deadLetterId: id });
    return { ...letterOf(found, withText), text: withText ? found.payload : null, tries: [] };
  }

  async retry({ kind, workspace_id: workspaceId, id }: Letter): Promise<void> {
    if (kind === 'delivery') await this.#webhooks.replayDelivery({ context: this.#context(workspaceId), deliveryId: id });
    else await this.#letters(kind).retryDeadLetter({ workspaceId, deadLetterId: id });
  }

  async drop({ kind, workspace_id: workspaceId, id }: Letter): Promise<void> {
    if (kind === 'delivery') await this.#webhooks.dropDelivery({ context: this.#context(workspaceId), deliveryId: id });
    else await this.#letters(kind).dropDeadLetter({ workspaceId, deadLetterId: id });
  }

  async #page(
    kind: Kind,
    o: { workspaceId: string | undefined; all: boolean; cursor: string; id: string },
  ): Promise<{ letters: Letter[]; next: string }> {
    const asked = { workspaceId: o.workspaceId ?? '', pageSize, cursor: o.cursor };
    if (kind === 'delivery') {
      const page = await this.#webhooks.surveyDeadDeliveries({ ...asked, deliveryId: o.id, includeDropped: o.all });
      return { letters: page.deliveries.map((delivery) => deliveryOf(delivery, false)), next: page.nextCursor };
    }
    const page = await this.#letters(kind).surveyDeadLetters({ ...asked, deadLetterId: o.id, state: o.all ? '' : 'open' });
    return { letters: page.deadLetters.map((letter) => letterOf(letter, false)), next: page.nextCursor };
  }

  #letters(kind: Exclude<Kind, 'delivery'>) {
    return kind === 'signal' ? this.#signals : this.#inbound;
  }

  #context(workspaceId: string) {
    return { workspaceId, actor: { kind: 'system', id: 'cli' }, commandId: '' };
  }

  [Symbol.dispose](): void {
    for (const client of [this.#inbound, this.#signals, this.#webhooks]) client[Symbol.dispose]();
  }
}

/** The one of that id. */
export async function letterWith(office: Office, id: string): Promise<Letter> {
  const letter = await office.find(id);
  if (!letter) throw new BatonError('not_found', `There is no dead letter ${id}.`);
  return letter;
}
