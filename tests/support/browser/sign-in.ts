import { must } from '../api.ts';
import type { Workspace } from '../workspace.ts';

/** The address that signs a person of this role in to the console, once: a new one each time, of the same person. */
export async function consoleLink(workspace: Workspace, role: 'owner' | 'operator' | 'viewer' = 'owner'): Promise<string> {
  const { users } = await workspace.must('GET', `/v1/users?role=${role}`);
  const body = { email: `${role}@example.com`, display_name: `The ${role}`, role };
  const { user_id } = users[0] ?? (await workspace.must('POST', '/v1/users', body));
  return linkOf({ gatewayUrl: workspace.product.gatewayUrls[0] ?? '', key: workspace.key, userId: user_id });
}

/** The same for somebody who is known. */
export async function linkOf(o: { gatewayUrl: string; key: string; userId: string }): Promise<string> {
  const { url } = await must('POST', `${o.gatewayUrl}/v1/users/${o.userId}/sign-in-links`, { key: o.key, body: {} });
  return url;
}
