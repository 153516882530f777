/** The token of a one-time link: behind `#`, which no server is sent, and taken out of the address at once. */
export function tokenOfLink(): string | undefined {
  const token = /^#token=(\w+)$/.exec(location.hash)?.[1];
  if (token !== undefined) history.replaceState(history.state, '', location.pathname);
  return token;
}
