import type { UpdateConversationRequest } from '@baton/contracts/gen/baton/conversation/v1/conversation_service.ts';
import type { Conversation } from '@baton/contracts/gen/baton/conversation/v1/types.ts';
import type { FastifyRequest } from 'fastify';
import type { Static } from 'typebox';
import { type App, commandOf, type Deps, workspaceOf } from '../../context.ts';
import { changeAsRead, refuseClosed } from '../change-as-read.ts';
import { idInPath } from '../ids.ts';
import { desk } from './dialect.ts';
import { ConversationParams, DeskConversationAnswer, DeskUpdate } from './schemas.ts';
import { statusOf } from './shapes.ts';
import { wholeConversation } from './whole-conversation.ts';

const schema = {
  summary: 'Change the status, the name of the customer, or add tags',
  description:
    '`closed` closes the conversation for good. `resolved` is a label (`completed` in the native API): who answers stays as it is, and `open` takes it away.',
  tags: [desk.tag],
  params: ConversationParams,
  body: DeskUpdate,
  response: { 200: DeskConversationAnswer },
};

const path = '/dialects/desk/conversations/:conversation_id';
const config = { auth: { scope: 'write' } } as const;

/** Its document does not say which method it is. Either changes what is named and leaves the rest. */
export function updateDeskConversation(app: App, deps: Deps): void {
  app.patch(path, { schema: { ...schema, operationId: 'deskUpdateConversation' }, config }, (request) => update(deps, request, request));
  app.put(path, { schema: { ...schema, operationId: 'deskPutConversation' }, config }, (request) => update(deps, request, request));
}

type Update = Static<typeof DeskUpdate>;

async function update(deps: Deps, request: FastifyRequest, given: { params: { conversation_id: string }; body: Update }) {
  const conversationId = idInPath('conversation', 'conversation', given.params.conversation_id);
  const decide = (found: Conversation) => changeTo(given.body, found);
  await changeAsRead(deps, { context: commandOf(request), conversationId, decide });
  return { success: true as const, data: await wholeConversation(deps, workspaceOf(request), conversationId) };
}

function changeTo({ status, customer_name, tags }: Update, conversation: Conversation): Partial<UpdateConversationRequest> {
  if (status === 'open' || status === 'resolved') refuseClosed(conversation);
  const stands = statusOf(conversation);
  return {
    ...(status === 'closed' && { aiMode: 'closed', reason: 'closed' }),
    // What is open already keeps its finer label.
    ...(status === 'open' && stands !== 'open' && { status: 'active' }),
    ...(status === 'resolved' && stands !== 'resolved' && { status: 'completed' }),
    ...(customer_name !== undefined && { contactName: customer_name }),
    ...(tags !== undefined && { addTags: tags }),
  };
}
