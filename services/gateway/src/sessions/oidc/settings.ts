import { isId } from '@baton/contracts/ids.ts';
import type { EnvReader } from '@baton/runtime/env.ts';
import { type Role, roles } from '../../domain/role.ts';

/** How people of one workspace sign in at their company's own provider. */
export interface OidcSettings {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** What stands on the button. */
  label: string;
  /** One provider speaks for one workspace: else whoever may add users to another one could have people signed in there. */
  workspaceId: string;
  /** E-mail domains that are let in; none: all that the provider has verified. */
  domains: string[];
  /** Whoever is not known yet is added: with the first role that their claim has a word for, else with this one. undefined: with none of both they are not. */
  newcomers: { role: Role | undefined; claim: string; roleOf: ReadonlyMap<string, Role> };
}

/** undefined: no `BATON_OIDC_ISSUER`. */
export function readOidc(read: EnvReader): OidcSettings | undefined {
  const issuer = read.optional('BATON_OIDC_ISSUER');
  if (issuer === undefined) return undefined;
  const settings: OidcSettings = {
    issuer,
    clientId: read.text('BATON_OIDC_CLIENT_ID'),
    clientSecret: read.text('BATON_OIDC_CLIENT_SECRET'),
    label: read.text('BATON_OIDC_LABEL', URL.canParse(issuer) ? new URL(issuer).hostname : issuer),
    workspaceId: read.text('BATON_OIDC_WORKSPACE_ID'),
    domains: read.list('BATON_OIDC_DOMAINS').map((domain) => domain.toLowerCase()),
    newcomers: {
      role: roleIn(read.choice('BATON_OIDC_NEW_USERS', ['none', ...roles], 'none')),
      claim: read.text('BATON_OIDC_ROLE_CLAIM', 'groups'),
      roleOf: rolesIn(read),
    },
  };
  if (!isAllowedIssuer(issuer)) read.problem('BATON_OIDC_ISSUER must be an https:// address (http:// on this machine alone)');
  if (settings.workspaceId !== '' && !isId('workspace', settings.workspaceId))
    read.problem('BATON_OIDC_WORKSPACE_ID is no id of a workspace');
  return settings;
}

/** `admins=owner,support=operator`. */
function rolesIn(read: EnvReader): ReadonlyMap<string, Role> {
  const found = new Map<string, Role>();
  for (const pair of read.list('BATON_OIDC_ROLES')) {
    const [word = '', name = ''] = pair.split('=').map((part) => part.trim());
    const role = roleIn(name);
    if (word === '' || role === undefined) read.problem(`BATON_OIDC_ROLES must be pairs like support=operator, not "${pair}"`);
    else found.set(word, role);
  }
  return found;
}

const roleIn = (name: string) => roles.find((role) => role === name);

function isAllowedIssuer(issuer: string): boolean {
  if (!URL.canParse(issuer)) return false;
  const { protocol, hostname } = new URL(issuer);
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname));
}
