import { eventually } from '@baton/testkit/eventually.ts';
import type { Json } from '../support/api.ts';
import type { Workspace } from '../support/workspace.ts';

/** Waits until the customer's phone has reported everything as read: nothing moves any more, so that two answers can be compared. */
export async function settled(workspace: Workspace, conversationId: string): Promise<void> {
  await eventually(
    async () => (await workspace.must('GET', `/v1/conversations/${conversationId}/messages?page_size=250`)).messages,
    (messages: Json[]) => messages.every(({ direction, status }) => direction === 'inbound' || status === 'read'),
    { what: 'the receipts of everything sent' },
  );
}
