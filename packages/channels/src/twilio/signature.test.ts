import { createHash } from 'node:crypto';
import { stringify } from 'node:querystring';
import fc from 'fast-check';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { describe, expect, test } from 'vitest';
import { account, post } from '../../test/account.ts';
import type { RawRequest } from '../provider.ts';
import { verifyTwilio } from './signature.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const twilioAccount = account({ credentials: { auth_token: '12345' } });
const vectorUrl = 'https://mycompany.com/myapp.php?foo=1&bar=2';
const vectorBody = 'CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212';
const vectorSignature = 'RSOYDt4T1cUTdK1PDd93/VVr8B8=';

function signed(body: string | Buffer, signature: string, url = vectorUrl): RawRequest {
  return post(body, { ...form, 'x-twilio-signature': signature }, url);
}

describe('the signature of Twilio', () => {
  test('passes the vectors that Twilio publishes', () => {
    expect(verifyTwilio(signed(vectorBody, vectorSignature), twilioAccount)).toBe(true);
    const other = vectorBody.replaceAll('%2B14158675309', '%2B12349013030');
    expect(verifyTwilio(signed(other, '0/KCTR6DLpKmkAf8muzZqo1nDgQ='), twilioAccount)).toBe(true);
  });

  test('fails when any one byte of the body, the query or the signature is changed', () => {
    for (let at = 0; at < vectorBody.length; at++) {
      const bytes = Buffer.from(vectorBody);
      bytes[at] = bytes[at]! ^ 1;
      expect(verifyTwilio(signed(bytes, vectorSignature), twilioAccount), `byte ${at}`).toBe('signature_mismatch');
    }
    expect(verifyTwilio(signed(vectorBody, vectorSignature, `${vectorUrl}1`), twilioAccount)).toBe('signature_mismatch');
    expect(verifyTwilio(signed(vectorBody, 'ASOYDt4T1cUTdK1PDd93/VVr8B8='), twilioAccount)).toBe('signature_mismatch');
    expect(verifyTwilio(signed(vectorBody, 'short'), twilioAccount)).toBe('signature_mismatch');
  });

  test('fails closed without a token or without a signature', () => {
    expect(verifyTwilio(signed(vectorBody, vectorSignature), account())).toBe('no_secret');
    expect(verifyTwilio(signed(vectorBody, vectorSignature), account({ credentials: { auth_token: '' } }))).toBe('no_secret');
    expect(verifyTwilio(post(vectorBody, form, vectorUrl), twilioAccount)).toBe('signature_missing');
  });

  test('passes whether or not Twilio or the proxy names the default port', () => {
    const withPort = getExpectedTwilioSignature('12345', 'https://mycompany.com:443/in?a=1', { Body: 'x' });
    const without = getExpectedTwilioSignature('12345', 'https://mycompany.com/in?a=1', { Body: 'x' });
    for (const signature of [withPort, without]) {
      for (const url of ['https://mycompany.com/in?a=1', 'https://mycompany.com:443/in?a=1']) {
        expect(verifyTwilio(signed('Body=x', signature, url), twilioAccount)).toBe(true);
      }
    }
  });

  test('counts a repeated parameter once for each different value, sorted', () => {
    const signature = getExpectedTwilioSignature('12345', vectorUrl, { MediaUrl: ['b', 'a', 'b'], Body: 'x' });
    expect(verifyTwilio(signed('MediaUrl=b&Body=x&MediaUrl=a&MediaUrl=b', signature), twilioAccount)).toBe(true);
  });

  test('covers a JSON body by the hash in the signed query', () => {
    const body = '{"property": "value", "boolean": true}';
    const url = `${vectorUrl}&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620`;
    const headers = { 'content-type': 'application/json', 'x-twilio-signature': 'a9nBmqA0ju/hNViExpshrM61xv4=' };
    expect(verifyTwilio(post(body, headers, url), twilioAccount)).toBe(true);
    expect(verifyTwilio(post(body.replace('true', 'trye'), headers, url), twilioAccount)).toBe('signature_mismatch');
    const unhashed = { ...headers, 'x-twilio-signature': getExpectedTwilioSignature('12345', vectorUrl, {}) };
    expect(verifyTwilio(post(body, unhashed, vectorUrl), twilioAccount)).toBe('signature_mismatch');
    expect(createHash('sha256').update(body).digest('hex')).toBe(url.slice(-64));
  });

  test('covers a GET by its URL alone', () => {
    const url = 'https://in.example.com/providers/twilio/chn_1?MessageSid=SM1&Body=hi%20there';
    const request: RawRequest = {
      method: 'GET',
      url,
      headers: { 'x-twilio-signature': getExpectedTwilioSignature('12345', url, {}) },
      body: Buffer.alloc(0),
    };
    expect(verifyTwilio(request, twilioAccount)).toBe(true);
    expect(verifyTwilio({ ...request, url: `${url}!` }, twilioAccount)).toBe('signature_mismatch');
  });

  test("agrees with Twilio's own package on any form", () => {
    const values = fc.oneof(fc.string({ unit: 'grapheme' }), fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 4 }));
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1, maxLength: 12 }), values, { maxKeys: 12 }), (params) => {
        const signature = getExpectedTwilioSignature('12345', vectorUrl, params);
        expect(verifyTwilio(signed(stringify(params), signature), twilioAccount)).toBe(true);
      }),
    );
  });
});
