import type { Bus } from '@baton/bus/connect.ts';
import { type AttachmentServiceServer, AttachmentServiceService } from '@baton/contracts/gen/baton/delivery/v1/attachment_service.ts';
import { type BackendServiceServer, BackendServiceService } from '@baton/contracts/gen/baton/delivery/v1/backend_service.ts';
import { type ReplayServiceServer, ReplayServiceService } from '@baton/contracts/gen/baton/delivery/v1/replay_service.ts';
import { type WebhookServiceServer, WebhookServiceService } from '@baton/contracts/gen/baton/delivery/v1/webhook_service.ts';
import { type DeadLetterServiceServer, DeadLetterServiceService } from '@baton/contracts/gen/baton/operations/v1/dead_letter.ts';
import { unary } from '@baton/rpc/serve.ts';
import { streaming } from '@baton/rpc/stream.ts';
import type { Logger } from '@baton/runtime/logger.ts';
import type { Kysely } from 'kysely';
import { handleDropDeadLetter } from './handlers/dead-letters/drop-dead-letter.ts';
import { handleGetDeadLetter } from './handlers/dead-letters/get-dead-letter.ts';
import { handleListDeadLetters } from './handlers/dead-letters/list-dead-letters.ts';
import { handleRetryDeadLetter } from './handlers/dead-letters/retry-dead-letter.ts';
import { handleSurveyDeadDeliveries } from './handlers/dead-letters/survey-dead-deliveries.ts';
import { handleSurveyDeadLetters } from './handlers/dead-letters/survey-dead-letters.ts';
import { handleGetWebhookHealth } from './handlers/get-webhook-health.ts';
import { handleReadAttachment, type ReadAttachmentDeps } from './handlers/read-attachment.ts';
import { handleCancelReplay } from './handlers/replays/cancel-replay.ts';
import { handleCreateReplay } from './handlers/replays/create-replay.ts';
import { handleDeleteReplay } from './handlers/replays/delete-replay.ts';
import type { ReplayHandlerDeps } from './handlers/replays/deps.ts';
import { handleGetReplay } from './handlers/replays/get-replay.ts';
import { handleListReplayTurns } from './handlers/replays/list-replay-turns.ts';
import { handleListReplays } from './handlers/replays/list-replays.ts';
import { handleTestTurn, type TestTurnDeps } from './handlers/test-turn.ts';
import { handleCreateEndpoint } from './handlers/webhooks/create-endpoint.ts';
import { handleDeleteEndpoint } from './handlers/webhooks/delete-endpoint.ts';
import { handleDropDelivery } from './handlers/webhooks/drop-delivery.ts';
import { handleGetDelivery } from './handlers/webhooks/get-delivery.ts';
import { handleGetEndpoint } from './handlers/webhooks/get-endpoint.ts';
import { handleListDeliveries } from './handlers/webhooks/list-deliveries.ts';
import { handleListEndpoints } from './handlers/webhooks/list-endpoints.ts';
import { handleReplayDelivery } from './handlers/webhooks/replay-delivery.ts';
import { handleReplayEndpoint } from './handlers/webhooks/replay-endpoint.ts';
import { handleRotateSecret } from './handlers/webhooks/rotate-secret.ts';
import { handleSendTestEvent } from './handlers/webhooks/send-test-event.ts';
import { handleUpdateEndpoint } from './handlers/webhooks/update-endpoint.ts';
import type { Tables } from './store/tables.ts';
import type { WebhookDeps } from './webhooks/deps.ts';

/** Which handler answers which RPC. */
export function rpcServices(deps: {
  db: Kysely<Tables>;
  bus: () => Bus;
  webhooks: WebhookDeps;
  attachments: ReadAttachmentDeps;
  backends: TestTurnDeps;
  replays: ReplayHandlerDeps;
  logger: Logger;
}) {
  const { webhooks, replays } = deps;
  const onFault = (method: string, error: unknown) => deps.logger.error({ err: error, method }, 'a call failed');
  return [
    {
      definition: DeadLetterServiceService,
      implementation: unary<DeadLetterServiceServer>(
        {
          listDeadLetters: (request) => handleListDeadLetters(deps.db, request),
          getDeadLetter: (request) => handleGetDeadLetter(deps.db, request),
          surveyDeadLetters: (request) => handleSurveyDeadLetters(deps.db, request),
          retryDeadLetter: (request) => handleRetryDeadLetter(deps, request),
          dropDeadLetter: (request) => handleDropDeadLetter(deps.db, request),
        },
        onFault,
      ),
    },
    {
      definition: AttachmentServiceService,
      implementation: streaming<AttachmentServiceServer>(
        { readAttachment: (request, outlet) => handleReadAttachment(deps.attachments, request, outlet) },
        { stallMs: 30_000, onFault },
      ),
    },
    {
      definition: BackendServiceService,
      implementation: unary<BackendServiceServer>({ testTurn: (request) => handleTestTurn(deps.backends, request) }, onFault),
    },
    {
      definition: ReplayServiceService,
      implementation: unary<ReplayServiceServer>(
        {
          createReplay: (request) => handleCreateReplay(replays, request),
          getReplay: (request) => handleGetReplay(replays, request),
          listReplays: (request) => handleListReplays(replays, request),
          listReplayTurns: (request) => handleListReplayTurns(replays, request),
          cancelReplay: (request) => handleCancelReplay(replays, request),
          deleteReplay: (request) => handleDeleteReplay(replays, request),
        },
        onFault,
      ),
    },
    {
      definition: WebhookServiceService,
      implementation: unary<WebhookServiceServer>(
        {
          createEndpoint: (request) => handleCreateEndpoint(webhooks, request),
          getWebhookHealth: (request) => handleGetWebhookHealth(webhooks, request),
          getEndpoint: (request) => handleGetEndpoint(webhooks, request),
          listEndpoints: (request) => handleListEndpoints(webhooks, request),
          updateEndpoint: (request) => handleUpdateEndpoint(webhooks, request),
          deleteEndpoint: (request) => handleDeleteEndpoint(webhooks, request),
          rotateSecret: (request) => handleRotateSecret(webhooks, request),
          sendTestEvent: (request) => handleSendTestEvent(webhooks, request),
          replayEndpoint: (request) => handleReplayEndpoint(webhooks, request),
          listDeliveries: (request) => handleListDeliveries(webhooks, request),
          getDelivery: (request) => handleGetDelivery(webhooks, request),
          replayDelivery: (request) => handleReplayDelivery(webhooks, request),
          dropDelivery: (request) => handleDropDelivery(webhooks, request),
          surveyDeadDeliveries: (request) => handleSurveyDeadDeliveries(webhooks, request),
        },
        onFault,
      ),
    },
  ];
}
