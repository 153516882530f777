import type { Publication } from '@baton/bus/publish.ts';
import { againHeader } from '@baton/contracts/subjects.ts';
import type { CommittedEvent } from '../store/store.ts';

/** How a committed event is published. */
export function publicationOf(event: CommittedEvent): Publication {
  const { subject, event_id: id, data, traceparent } = event;
  // What the bucket knows as "this key is gone".
  const headers = cloudEventHeaders(event);
  if (event.event_type === 'directory.deleted') headers['KV-Operation'] = 'DEL';
  return { subject, id, data, headers, traceparent };
}

/** CloudEvents 1.0, binary mode: the attributes stand in headers, the body stays our envelope. */
function cloudEventHeaders(row: CommittedEvent): Record<string, string> {
  return {
    'ce-specversion': '1.0',
    'ce-id': row.event_id,
    'ce-type': row.event_type,
    'ce-source': '/baton/conversation-state',
    'ce-time': row.created_at.toISOString(),
    'content-type': 'application/json',
    ...(row.again && { [againHeader]: '1' }),
  };
}
