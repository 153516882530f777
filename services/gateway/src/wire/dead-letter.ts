import type { DeadLetter as WireDeadLetter } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import type { Static } from 'typebox';
import type { DeadLetter } from '../schemas/operations.ts';
import { iso } from './time.ts';

export function deadLetterJson(letter: WireDeadLetter): Static<typeof DeadLetter> {
  return {
    dead_letter_id: letter.deadLetterId,
    service: letter.service,
    subject: letter.subject,
    payload: letter.payload,
    error: letter.error,
    attempts: letter.attempts,
    trace_id: letter.traceId || null,
    state: letter.state as Static<typeof DeadLetter>['state'],
    created_at: iso(letter.createdAt),
  };
}

/** Asks the services in turn: an id does not tell which of them holds it. */
export async function whoeverHasIt(asks: (() => Promise<WireDeadLetter>)[]): Promise<WireDeadLetter> {
  for (const [index, ask] of asks.entries()) {
    try {
      return await ask();
    } catch (error) {
      const elsewhere = error instanceof BatonError && error.code === 'not_found' && index < asks.length - 1;
      if (!elsewhere) throw error;
    }
  }
  throw new Error('Nobody was asked.');
}
