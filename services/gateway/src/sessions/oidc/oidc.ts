import type { Egress } from '@baton/egress/egress.ts';
import { EgressError } from '@baton/egress/egress-error.ts';
import { BatonError } from '@baton/errors/baton-error.ts';
import * as openid from 'openid-client';
import type { OidcSettings } from './settings.ts';

/** What the browser must bring back: kept sealed in a cookie of its own, for no longer than a sign-in takes. */
export interface Pending {
  state: string;
  nonce: string;
  verifier: string;
}

const limits = { timeoutMs: 10_000, maxBytes: 512 * 1024 };

/** The authorization code flow, with PKCE, state and nonce; what is asked of the provider goes out through the same guard as everything else. */
export class Oidc {
  readonly settings: OidcSettings;
  readonly #egress: Egress;
  readonly #redirectUri: string;
  #found: Promise<openid.Configuration> | undefined;

  constructor(o: { settings: OidcSettings; egress: Egress; publicUrl: string }) {
    this.settings = o.settings;
    this.#egress = o.egress;
    this.#redirectUri = `${o.publicUrl}/v1/sessions/oidc/callback`;
  }

  /** Where to send the browser, and what it must bring back. Throws `unavailable`. */
  async begin(): Promise<{ url: string; pending: Pending }> {
    const configuration = await this.#discovered();
    const pending = { state: openid.randomState(), nonce: openid.randomNonce(), verifier: openid.randomPKCECodeVerifier() };
    const url = openid.buildAuthorizationUrl(configuration, {
      redirect_uri: this.#redirectUri,
      scope: 'openid email profile',
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, pending };
  }

  /** What the provider says of whoever has come back with this query. Throws `unauthorized` where it says nothing that counts, `unavailable` where it does not answer. */
  async finish(query: URLSearchParams, pending: Pending): Promise<Record<string, unknown>> {
    const configuration = await this.#discovered();
    const address = new URL(`${this.#redirectUri}?${query}`);
    const checks = {
      expectedState: pending.state,
      expectedNonce: pending.nonce,
      pkceCodeVerifier: pending.verifier,
      idTokenExpected: true,
    };
    try {
      const tokens = await openid.authorizationCodeGrant(configuration, address, checks);
      const claims = { ...tokens.claims() };
      // Some providers put no more than who it is into the token, and tell the rest when asked.
      if (claims['email'] !== undefined || configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
      return { ...(await openid.fetchUserInfo(configuration, tokens.access_token, String(claims['sub']))), ...claims };
    } catch (error) {
      if (isOutage(error)) throw unreachable(error);
      throw new BatonError('unauthorized', 'The identity provider did not confirm this sign-in.', { cause: error });
    }
  }

  /** Asked once; after a failure the next sign-in asks again. */
  #discovered(): Promise<openid.Configuration> {
    this.#found ??= this.#discover().catch((error: unknown) => {
      this.#found = undefined;
      throw unreachable(error);
    });
    return this.#found;
  }

  #discover(): Promise<openid.Configuration> {
    const { issuer, clientId, clientSecret } = this.settings;
    const insecure = issuer.startsWith('http:') ? [openid.allowInsecureRequests] : [];
    return openid.discovery(new URL(issuer), clientId, undefined, openid.ClientSecretBasic(clientSecret), {
      [openid.customFetch]: (url, options) => this.#ask(url, options),
      execute: insecure,
    });
  }

  async #ask(url: string, options: openid.CustomFetchOptions): Promise<Response> {
    const answer = await this.#egress.request({
      method: options.method as 'GET',
      url,
      headers: options.headers,
      ...(options.body !== undefined && options.body !== null && { body: String(options.body) }),
      ...limits,
    });
    const headers = new Headers();
    for (const [name, value] of Object.entries(answer.headers)) if (value !== undefined) headers.set(name, String(value));
    return new Response(answer.status === 204 ? null : new Uint8Array(answer.body), { status: answer.status, headers });
  }
}

function isOutage(error: unknown): boolean {
  return error instanceof EgressError || (error instanceof Error && error.cause instanceof EgressError);
}

function unreachable(cause: unknown): BatonError {
  return new BatonError('unavailable', 'The identity provider cannot be reached.', { retryAfterSeconds: 10, cause });
}
