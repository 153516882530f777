import { BatonError } from '@baton/errors/baton-error.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { account, post, receivedAt } from '../test/account.ts';
import { adapters } from './adapters.ts';

const at = account({ credentials: { auth_token: 't', app_secret: 's', secret: 'c2VjcmV0', phone_number_id: '1', verify_token: 'v' } });
const contentType = fc.constantFrom('application/json', 'application/x-www-form-urlencoded');
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((one) => Buffer.from(one)),
  fc.json().map((one) => Buffer.from(one)),
  // Close to what Meta sends, so that the walk goes deep before it meets something strange.
  fc.jsonValue().map((value) =>
    Buffer.from(
      JSON.stringify({
        object: 'whatsapp_business_account',
        entry: [
          {
            changes: [
              { field: 'messages', value: { metadata: { phone_number_id: '1' }, messages: value, statuses: value, contacts: value } },
            ],
          },
        ],
      }),
    ),
  ),
  fc
    .dictionary(
      fc.constantFrom('MessageSid', 'From', 'To', 'Body', 'MessageStatus', 'NumMedia', 'MediaUrl0', '__proto__'),
      fc.string({ unit: 'binary' }),
    )
    .map((one) => Buffer.from(new URLSearchParams(Object.entries(one)).toString())),
);

describe.each(Object.values(adapters))('$name', (adapter) => {
  test('meets garbage with a refusal of the contract or by ignoring it, never with another error', () => {
    fc.assert(
      fc.property(bytes, contentType, fc.webUrl({ withQueryParameters: true }), (body, type, url) => {
        const request = post(
          body,
          {
            'content-type': type,
            'x-twilio-signature': 'x',
            'x-hub-signature-256': 'x',
            'webhook-signature': 'v1',
            'webhook-id': 'x',
            'webhook-timestamp': 'x',
          },
          url,
        );
        adapter.verify(request, at, receivedAt);
        adapter.handshake?.({ ...request, method: 'GET' }, at);
        for (const method of adapter.methods) {
          try {
            const { messages, receipts } = adapter.parse({ ...request, method }, at, receivedAt);
            for (const message of messages) expect(message.provider_message_id).not.toBe('');
            for (const receipt of receipts) expect(receipt.provider_message_id).not.toBe('');
          } catch (error) {
            expect(error).toBeInstanceOf(BatonError);
            expect((error as BatonError).httpStatus).toBe(400);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('meets any answer to a send with one of the four kinds', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.string(), fc.json()), fc.string(), (status, body, retryAfter) => {
        const answer = adapter.readSendAnswer(status, { 'retry-after': retryAfter }, body, 'msg_1');
        expect(['sent', 'failed', 'retry', 'unknown']).toContain(answer.kind);
        if (answer.kind === 'sent') expect(status).toBeLessThan(300);
        if (answer.kind === 'retry') expect(answer.afterMs).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
