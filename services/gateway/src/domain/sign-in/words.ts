/** How somebody has signed in. */
export const signInMethods = ['password', 'one_time_link', 'oidc'] as const;
export type SignInMethod = (typeof signInMethods)[number];

/** What a link that is used once is good for. */
export type TokenPurpose = 'sign_in' | 'set_password';
