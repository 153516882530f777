import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { webhookHeaders, webhookKey } from './signature.ts';

describe('Standard Webhooks signing', () => {
  it('is what the reference package verifies, and what it signs', () => {
    const secret = `whsec_${randomBytes(24).toString('base64')}`;
    const body = '{"text":"héllo — 你好"}';
    const nowMs = Date.now();
    const headers = webhookHeaders({ id: 'dsp_1', nowMs, body, keys: [webhookKey(secret)!] });
    const reference = new Webhook(secret);
    expect(reference.verify(body, headers)).toEqual(JSON.parse(body));
    expect(headers['webhook-signature']).toBe(reference.sign('dsp_1', new Date(nowMs), body));
  });

  it('signs with every key while a secret is rotated, and both are verified', () => {
    const secrets = [1, 2].map(() => `whsec_${randomBytes(32).toString('base64')}`);
    const headers = webhookHeaders({ id: 'whd_1', nowMs: Date.now(), body: '{}', keys: secrets.map((secret) => webhookKey(secret)!) });
    for (const secret of secrets) expect(new Webhook(secret).verify('{}', headers)).toEqual({});
    expect(() => new Webhook(`whsec_${randomBytes(32).toString('base64')}`).verify('{}', headers)).toThrow();
  });

  it('leaves the signature out without a key', () => {
    expect(webhookHeaders({ id: 'dsp_1', nowMs: 1_700_000_000_999, body: '{}', keys: [] })).toEqual({
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
