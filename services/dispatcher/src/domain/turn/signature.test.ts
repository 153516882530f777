import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { webhookHeaders, webhookKey } from './signature.ts';

describe('Standard Webhooks signing', () => {
  it('is what the reference package verifies, and what it signs', () => {
    const secret = `whsec_${randomBytes(24).toString('base64')}`;
    const body = '{"text":"héllo — 你好"}';
    const nowMs = Date.now();
    const headers = webhookHeaders({ id: 'dsp_1', nowMs, body, key: webhookKey(secret) });
    const reference = new Webhook(secret);
    expect(reference.verify(body, headers)).toEqual(JSON.parse(body));
    expect(headers['webhook-signature']).toBe(reference.sign('dsp_1', new Date(nowMs), body));
  });

  it('leaves the signature out without a key', () => {
    expect(webhookHeaders({ id: 'dsp_1', nowMs: 1_700_000_000_999, body: '{}', key: undefined })).toEqual({
      'webhook-id': 'dsp_1',
      'webhook-timestamp': '1700000000',
    });
  });

  it('takes a secret with or without its prefix, and no other text', () => {
    expect(webhookKey('whsec_AAEC')?.export()).toEqual(Buffer.from([0, 1, 2]));
    expect(webhookKey('AAEC')?.export()).toEqual(Buffer.from([0, 1, 2]));
    for (const wrong of ['', 'whsec_', 'whsec_not base64!']) expect(webhookKey(wrong)).toBeUndefined();
  });
});
