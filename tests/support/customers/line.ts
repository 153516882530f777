import { type Signed, signedByTwilio, signedStandard } from '../webhooks.ts';
import type { Account } from '../workspace.ts';

export type CustomersMessage = { from: string; id: string; text: string };

/** A channel account as its provider uses it: what customers write there becomes signed webhooks. */
export type Line = {
  account: Account;
  freshId(): string;
  /** Whether it is an id of this provider. */
  gave(id: string): boolean;
  /** Signed anew each time: what is older than five minutes is not believed. */
  signed(message: CustomersMessage): Signed;
};

export function twilioLine(account: Account, authToken: string): Line {
  return {
    account,
    freshId: () => `SM${crypto.randomUUID().replaceAll('-', '')}`,
    gave: (id) => id.startsWith('SM'),
    signed: ({ id, from, text }) =>
      signedByTwilio(authToken, account.webhook_url, {
        MessageSid: id,
        AccountSid: 'AC1',
        From: from,
        To: account.address,
        Body: text,
        NumMedia: '0',
      }),
  };
}

/** The provider `http`, which keeps one message per id: what may have got lost is sent again. */
export function httpLine(account: Account, secret: string): Line {
  return {
    account,
    freshId: () => `http-${crypto.randomUUID()}`,
    gave: (id) => id.startsWith('http-'),
    signed: ({ id, from, text }) =>
      signedStandard(secret, account.webhook_url, {
        type: 'message',
        id,
        channel: account.channel,
        from,
        to: account.address,
        text,
        timestamp: new Date().toISOString(),
      }),
  };
}
