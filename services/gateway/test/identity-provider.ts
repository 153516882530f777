import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

/** What the provider says of somebody. */
export type Claims = Record<string, unknown>;

export const client = { id: 'baton', secret: 'a secret of the provider' };

/** A certified OpenID provider on this machine, where whoever comes is who the test says. */
export class IdentityProvider implements AsyncDisposable {
  readonly url: string;
  readonly #server: Server;
  /** By the provider's own name for them. */
  readonly accounts = new Map<string, Claims>();
  /** Who is sitting at the browser. */
  present = '';

  static async start(redirectUri: string): Promise<IdentityProvider> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new IdentityProvider(server, redirectUri);
  }

  private constructor(server: Server, redirectUri: string) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const provider = new Provider(this.url, {
      clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [redirectUri] }],
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
      cookies: { keys: ['a'] },
      features: { devInteractions: { enabled: false } },
      findAccount: (_: unknown, accountId: string) => ({ accountId, claims: () => ({ sub: accountId, ...this.accounts.get(accountId) }) }),
      interactions: { url: () => '/interaction' },
      // Nobody is asked whether they agree.
      loadExistingGrant: async (ctx: { oidc: { client: { clientId: string }; session: { accountId: string } } }) => {
        const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
    });
    const answer = provider.callback();
    server.on('request', (request, response) => {
      if (request.url === '/interaction')
        void provider.interactionFinished(request, response, { login: { accountId: this.present, remember: false } });
      else answer(request, response);
    });
  }

  /** Follows the browser's way from where Baton has sent it to where it is sent back; answers that address. */
  async visit(from: string): Promise<URL> {
    const jar = new Map<string, string>();
    let at = from;
    while (at.startsWith(this.url)) {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(at, { redirect: 'manual', headers: { cookie } });
      for (const one of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(one) ?? [];
        jar.set(name, value);
      }
      const next = answer.headers.get('location');
      if (next === null) throw new Error(`the provider answered ${answer.status}: ${await answer.text()}`);
      at = new URL(next, at).href;
    }
    return new URL(at);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
