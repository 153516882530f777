import { type Baton, createBaton } from '@baton/sdk/baton.ts';

export type Api = Baton;

/** The API as this browser's session reaches it. `headers`: what proves that a request comes from this page. */
export function apiOf(headers: Record<string, string>): Api {
  return createBaton({
    baseUrl: location.origin,
    fetch: (request) => {
      for (const [name, value] of Object.entries(headers)) request.headers.set(name, value);
      return fetch(request);
    },
  });
}
