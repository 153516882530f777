import { type Baton, createBaton } from '@baton/sdk/baton.ts';

export type Api = Baton;

/** The API as this browser's session reaches it: by its cookie. `signedOut`: told when an answer says that it no longer counts. */
export function apiOf(session: { csrfToken: () => string }, signedOut: () => void): Api {
  return createBaton({
    baseUrl: location.origin,
    csrfToken: session.csrfToken,
    fetch: async (request) => {
      const response = await fetch(request);
      if (response.status === 401) signedOut();
      return response;
    },
  });
}

/** For signing in: what is refused is told at once, and tried again by a person alone. */
export const signInApi: Api = createBaton({ baseUrl: location.origin, retry: { retries: 0 } });
