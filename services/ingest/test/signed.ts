import { createHmac } from 'node:crypto';
import { stringify } from 'node:querystring';
import { Webhook } from 'standardwebhooks';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';

export const httpSecret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
export const twilioCredentials = { account_sid: 'AC1', auth_token: '12345' };
export const metaCredentials = {
  app_secret: 'app-secret',
  verify_token: 'verify-me',
  access_token: 'EAA',
  phone_number_id: '106540352242922',
};

export function httpHeaders(body: string, at = new Date()): Record<string, string> {
  return {
    'content-type': 'application/json',
    'webhook-id': 'd1',
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(httpSecret).sign('d1', at, body),
  };
}

/** A body signed by Twilio's own package for the URL that Twilio would have called. */
export function twilioForm(url: string, params: Record<string, string>): { body: string; headers: Record<string, string> } {
  return {
    body: stringify(params),
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'x-twilio-signature': getExpectedTwilioSignature(twilioCredentials.auth_token, url, params),
    },
  };
}

export function metaHeaders(body: string): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-hub-signature-256': `sha256=${createHmac('sha256', metaCredentials.app_secret).update(body).digest('hex')}`,
  };
}

export function inbound(over: Record<string, unknown> = {}): Record<string, unknown> {
  return { type: 'message', id: 'm1', channel: 'sms', from: '+14155550123', to: '+15550100', text: 'Hello', ...over };
}
