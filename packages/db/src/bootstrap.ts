import pg from 'pg';

/** `baton_owner` owns everything and runs migrations; each of the others may use the schema of its service, owns nothing and obeys row-level security. */
export const roles = ['baton_owner', 'baton_conversation', 'baton_conversation_system', 'baton_delivery', 'baton_access'] as const;
export type Role = (typeof roles)[number];

const schemas: Record<string, Role[]> = {
  conversation: ['baton_conversation', 'baton_conversation_system'],
  delivery: ['baton_delivery'],
  access: ['baton_access'],
};

/** Creates the database, its roles and schemas as a superuser, or brings passwords and rights to what is given. Safe to repeat. */
export async function bootstrapDatabase(
  superUrl: string,
  o: { database?: string; passwords: Record<Role, string> },
): Promise<{ urls: Record<Role, string> }> {
  const database = o.database ?? 'baton';
  await withClient(superUrl, async (client) => {
    for (const role of roles) {
      const found = await client.query('select 1 from pg_roles where rolname = $1', [role]);
      const verb = found.rowCount === 0 ? 'create' : 'alter';
      await client.query(
        `${verb} role ${role} login nosuperuser nocreatedb nocreaterole nobypassrls password ${client.escapeLiteral(o.passwords[role])}`,
      );
    }
    const exists = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (exists.rowCount === 0)
      await client.query(`create database ${client.escapeIdentifier(database)} owner baton_owner encoding 'UTF8' template template0`);
  });
  await withClient(withDatabase(superUrl, database), async (client) => {
    for (const extension of ['pg_trgm', 'btree_gin']) await client.query(`create extension if not exists ${extension}`);
    // By default everybody who may log in may enter every database, and make temporary tables there.
    const named = client.escapeIdentifier(database);
    await client.query(`revoke all on database ${named} from public`);
    await client.query(`grant connect on database ${named} to ${roles.join(', ')}`);
    await client.query('revoke all on schema public from public');
    // The extensions' operators are found there.
    await client.query(`grant usage on schema public to ${roles.join(', ')}`);
    for (const [schema, users] of Object.entries(schemas)) {
      await client.query(`create schema if not exists ${schema} authorization baton_owner`);
      await client.query(`grant usage on schema ${schema} to ${users.join(', ')}`);
    }
  });
  const urls = {} as Record<Role, string>;
  for (const role of roles) {
    const url = new URL(withDatabase(superUrl, database));
    url.username = role;
    url.password = encodeURIComponent(o.passwords[role]);
    urls[role] = url.href;
  }
  return { urls };
}

function withDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
