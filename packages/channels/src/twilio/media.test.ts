import { describe, expect, it } from 'vitest';
import type { Account } from '../provider.ts';
import { twilioMedia } from './media.ts';

const account = (credentials: Record<string, string>): Account => ({
  channelAccountId: 'chn_1',
  workspaceId: 'acc_1',
  agentId: 'agt_1',
  channel: 'whatsapp',
  address: '+15550100',
  credentials,
});
const twilio = { account_sid: 'AC1', auth_token: 'secret' };

describe('the credentials for a file of Twilio', () => {
  const media = '/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1';

  it('go to its own API, and to where the account points', () => {
    const headers = { authorization: `Basic ${Buffer.from('AC1:secret').toString('base64')}` };
    const url = `https://api.twilio.com${media}`;
    expect(twilioMedia(url, account(twilio))).toEqual({ kind: 'file', request: { url, headers } });
    const local = { ...twilio, api_base: 'http://127.0.0.1:9/' };
    expect(twilioMedia(`http://127.0.0.1:9${media}`, account(local))).toMatchObject({ request: { headers } });
  });

  it.each(['https://api.twilio.com.evil.example', 'http://api.twilio.com', 'https://evil.example/?api.twilio.com', 'no URL'])(
    'do not go to %s',
    (host) => {
      expect(twilioMedia(`${host}${media}`, account(twilio))).toBeUndefined();
    },
  );
});
