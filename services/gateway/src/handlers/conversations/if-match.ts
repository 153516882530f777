import { BatonError } from '@baton/errors/baton-error.ts';
import type { FastifyRequest } from 'fastify';
import { type Deps, workspaceOf } from '../../context.ts';
import { epochsOf } from '../../domain/entity-tag.ts';

/**
 * The mode epoch that must still stand, by `If-Match`; undefined: any. Of several the one that stands now: the command then sees to it that it still does.
 */
export async function ifModeEpoch(deps: Deps, request: FastifyRequest, conversationId: string): Promise<number | undefined> {
  const given = request.headers['if-match'];
  if (given === undefined) return undefined;
  const epochs = epochsOf(given);
  if (epochs === 'any') return undefined;
  const epoch = epochs.length > 1 ? await standing(deps, request, { conversationId, epochs }) : epochs[0];
  if (epoch === undefined) throw new BatonError('epoch_mismatch', 'If-Match names no mode_epoch that this conversation has now.');
  return epoch;
}

async function standing(deps: Deps, request: FastifyRequest, o: { conversationId: string; epochs: number[] }): Promise<number | undefined> {
  const asked = { workspaceId: workspaceOf(request), conversationId: o.conversationId, pageSize: 0, cursor: '' };
  const { conversation } = await deps.conversations.getConversation(asked);
  return o.epochs.find((epoch) => epoch === conversation?.modeEpoch);
}
