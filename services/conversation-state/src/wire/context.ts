import type { CommandContext as WireContext } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import { BatonError, invalidField } from '@baton/errors/baton-error.ts';
import type { CommandContext } from '../commands/state.ts';
import type { Refusal } from '../domain/refusals.ts';

/** Every command names its workspace; one that does not comes from a bug in the caller. */
export function contextFromWire(context: WireContext | undefined): CommandContext {
  if (!context?.workspaceId) throw invalidField('/context/workspace_id', 'is missing');
  return {
    workspaceId: context.workspaceId,
    actor: { kind: context.actor?.kind || 'system', id: context.actor?.id ?? '' },
    commandId: context.commandId,
  };
}

/** What a caller is told when a command is refused: the code and what to do about it. */
export function refusalError(refusal: Refusal): BatonError {
  switch (refusal.code) {
    case 'conversation_closed':
      return new BatonError('conversation_closed', 'A closed conversation stays closed; the customer’s next message opens a new one.');
    case 'epoch_mismatch':
      return new BatonError(
        'epoch_mismatch',
        `The conversation stands at mode epoch ${refusal.stands}; read it again and repeat with that value.`,
      );
    case 'recipient_opted_out':
      return new BatonError('recipient_opted_out', 'The recipient has opted out and can only come back by writing START.');
    case 'window_expired':
      return new BatonError(
        'window_expired',
        'More than 24 hours have passed since the customer’s last WhatsApp message; send a template instead.',
      );
    case 'suggestion_settled':
      return new BatonError('suggestion_settled', `The suggestion is no longer open (${refusal.status ?? 'there is none'}).`);
    case 'suggestion_stale':
      return new BatonError(
        'suggestion_stale',
        `${refusal.why === 'newer_message' ? 'The customer has written since' : 'A person has had the conversation since'}; look again, and send it with "allow_stale": true if it still fits.`,
      );
    case 'content_unsupported': {
      const [first] = refusal.faults;
      return new BatonError('content_unsupported', `${first?.path} ${first?.message}.`, { problems: refusal.faults });
    }
    case 'contact_invalid': {
      const [first] = refusal.faults;
      return new BatonError('validation_error', `${first?.path} ${first?.message}.`, { problems: refusal.faults });
    }
    case 'address_taken':
      return new BatonError(
        'conflict',
        `This ${refusal.field} belongs to the contact ${refusal.contactId}. Merge the two with POST /v1/contacts/{contact_id}/merge, or take it from that one first.`,
        { problems: [{ path: `/${refusal.field}`, message: `belongs to ${refusal.contactId}` }] },
      );
    default:
      refusal satisfies never;
      throw new Error('unreachable');
  }
}
