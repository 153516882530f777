import { sealVisitor } from '../../src/web/visitor-token.ts';
import { account, post, receivedAt } from '../account.ts';
import { type Row, withCredentials, without } from './row.ts';

const origin = 'https://shop.example';
const ours = account({ channel: 'web', address: 'shop.example', credentials: { allowed_origins: [origin], visitor_keys: ['key'] } });
const visitor = { visitorId: 'v_ada', user: undefined };

export const web: Row = {
  provider: 'web',
  account: ours,
  request: (body) => post(JSON.stringify(body), { authorization: `Bearer ${sealVisitor(ours, visitor, receivedAt)}`, origin }),
  // Whose request it is, and from where; what a visitor says is their own business.
  signature: { headers: ['authorization'], coversBody: false },
  withoutSecret: without(ours, 'visitor_keys'),
  withOtherSecret: withCredentials(ours, { visitor_keys: ['another'] }),
  text: ({ id, words }) => ({ type: 'message', id: `m${id}`, text: words }),
  several: (list) => list.map(({ id, words }) => ({ type: 'message', id: `m${id}`, text: words })),
  customer: 'v_ada',
};
