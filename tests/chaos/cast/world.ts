import { startFakeAi } from '@baton/testkit/fake-ai.ts';
import { startFakeProvider } from '@baton/testkit/fake-provider.ts';
import { startFakeSubscriber } from '@baton/testkit/fake-subscriber.ts';
import { httpLine, type Line, twilioLine } from '../../support/customers/line.ts';
import { openDatabase } from '../../support/database.ts';
import { type Running, startProduct } from '../../support/start.ts';
import { makeWorkspace, type Workspace } from '../../support/workspace.ts';
import { FlakyLink } from '../network/flaky-link.ts';
import type { LinkName, Scene, Tenant } from '../scene.ts';
import { answerOf } from './stubs.ts';

const aiSecret = `whsec_${Buffer.alloc(24, 5).toString('base64')}`;
/** The two accounts' credentials: at a provider that sends again what it is asked again, and at one that does not. */
const twilio = { account_sid: `AC${'c'.repeat(32)}`, auth_token: '0123456789abcdef0123456789abcdef' };
const http = { secret: `whsec_${Buffer.alloc(24, 6).toString('base64')}` };

export interface WorldOptions {
  stage: AsyncDisposableStack;
  killPointFile: string;
  over: AbortSignal;
  /** The checkout whose services run; this one unless told. */
  root?: string | undefined;
  say(line: string): void;
}

/** Two instances of every service behind links that can be disturbed, the stubs around them, and two tenants. */
export async function setScene({ stage, killPointFile, over, root, say }: WorldOptions): Promise<Scene> {
  const ai = stage.use(await startFakeAi({ secret: aiSecret }));
  ai.respond(answerOf);
  const provider = stage.use(await startFakeProvider({ twilio, http }));
  const subscriber = stage.use(await startFakeSubscriber());
  const links: Scene['links'] = new Map();
  const running = stage.use(await start({ stage, links, killPointFile, root }));
  const { product } = running;
  const database = stage.use(openDatabase(product));
  const workspace = await makeWorkspace(product, { backend: { kind: 'webhook', url: ai.url, secret: aiSecret, timeout_ms: 6_000 } });
  const tenant: Tenant = {
    workspace,
    lines: [await atTwilio(workspace, provider.url, '+12025550191'), await atHttp(workspace, provider.httpUrl)],
    accepted: [],
  };
  await workspace.must('POST', '/v1/webhooks', { url: subscriber.url, timeout_ms: 2_000 });
  const bystander = await makeBystander(running, provider.url);
  return { running, links, killPointFile, ai, provider, subscriber, database, tenant, bystander, storeLostAt: [], wrong: [], over, say };
}

function start({
  stage,
  links,
  killPointFile,
  root,
}: Pick<WorldOptions, 'stage' | 'killPointFile' | 'root'> & Pick<Scene, 'links'>): Promise<Running> {
  return startProduct({
    ...(root === undefined ? {} : { root }),
    instances: { ingest: 2, 'conversation-state': 2, dispatcher: 2, gateway: 2 },
    env: {
      BATON_KILL_POINT_FILE: killPointFile,
      BATON_RATE_LIMIT_PER_SECOND: '10000',
      BATON_RATE_LIMIT_BURST: '10000',
      BATON_SEND_TIMEOUT_MS: '3000',
      BATON_WEBHOOK_RETRY_MS: Array.from({ length: 60 }, () => '1000').join(),
    },
    route: async ({ to, host, port }) => {
      const proxy = stage.use(await FlakyLink.open({ host, port }));
      const name: LinkName = to;
      links.set(name, [...(links.get(name) ?? []), proxy]);
      return proxy.place;
    },
  });
}

async function atTwilio(workspace: Workspace, url: string, address: string): Promise<Line> {
  const credentials = { ...twilio, api_base: url };
  return twilioLine(await workspace.addChannel({ provider: 'twilio', channel: 'sms', address, credentials }), twilio.auth_token);
}

async function atHttp(workspace: Workspace, url: string): Promise<Line> {
  const credentials = { ...http, outbound_url: url };
  return httpLine(await workspace.addChannel({ provider: 'http', channel: 'sms', address: '+12025550192', credentials }), http.secret);
}

/** Its AI repeats what the customer says, so the word goes every way that a text can go. */
async function makeBystander({ product }: Running, url: string): Promise<Scene['bystander']> {
  const workspace = await makeWorkspace(product);
  return { workspace, lines: [await atTwilio(workspace, url, '+12025550193')], accepted: [], word: `canary-${crypto.randomUUID()}` };
}
