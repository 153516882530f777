import type { OptOut, OptOutChange } from '@baton/contracts/gen/baton/conversation/v1/contact_service.ts';
import type { OptOutHistoryRow, OptOutRow } from '../domain/rows.ts';

export function optOutToWire(row: OptOutRow): OptOut {
  return { agentId: row.agent_id, address: row.address, keyword: row.keyword, createdAt: row.created_at };
}

export function optOutChangeToWire(row: OptOutHistoryRow): OptOutChange {
  return { action: row.action, keyword: row.keyword, actor: { kind: row.actor_kind, id: row.actor_id }, createdAt: row.created_at };
}
