/** The token of a one-time link: behind `#`, which no server is sent, and taken out of the address at once. */
export function tokenOfLink(): string | undefined {
  const token = /^#token=(\w+)$/.exec(location.hash)?.[1];
  if (token !== undefined) history.replaceState(history.state, '', location.pathname);
  return token;
}

/** Why the company's own provider has let nobody in: a word that the gateway puts behind `#`, taken out of the address as well. */
export function problemOfLink(): string | undefined {
  const problem = /^#problem=(\w+)$/.exec(location.hash)?.[1];
  if (problem !== undefined) history.replaceState(history.state, '', location.pathname);
  return problem;
}
