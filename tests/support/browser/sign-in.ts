import type { BrowserContext } from 'playwright-core';
import { must } from '../api.ts';
import type { Workspace } from '../workspace.ts';

export type Role = 'owner' | 'operator' | 'viewer';

/** The address that signs a person of this role in to the console, once: a new one each time, of the same person. */
export async function consoleLink(workspace: Workspace, role: Role = 'owner'): Promise<string> {
  const { users } = await workspace.must('GET', `/v1/users?role=${role}`);
  const body = { email: `${role}@example.com`, display_name: `The ${role}`, role };
  const { user_id } = users[0] ?? (await workspace.must('POST', '/v1/users', body));
  return (await signInLink({ gatewayUrl: workspace.product.gatewayUrls[0] ?? '', key: workspace.key, userId: user_id })).url;
}

/** The same for somebody who is known. */
export async function signInLink(o: { gatewayUrl: string; key: string; userId: string }): Promise<{ url: string; token: string }> {
  return must('POST', `${o.gatewayUrl}/v1/users/${o.userId}/sign-in-links`, { key: o.key, body: {} });
}

/** Gives a browser the cookie that the link would, without opening a page. */
export async function signIn(context: BrowserContext, workspace: Workspace, role: Role = 'owner'): Promise<void> {
  const [address = '', token] = (await consoleLink(workspace, role)).split('#token=');
  const answer = await context.request.post(`${new URL(address).origin}/v1/sessions`, { data: { one_time_token: token } });
  if (answer.status() !== 201) throw new Error(`the sign-in answered ${answer.status()}: ${await answer.text()}`);
}
