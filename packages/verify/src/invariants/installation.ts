import type { InstallationInvariant } from './invariant.ts';

const schemas = `('conversation', 'delivery', 'access')`;
const services = `('baton_owner', 'baton_conversation', 'baton_conversation_system', 'baton_delivery', 'baton_access')`;

export const installationInvariants: readonly InstallationInvariant[] = [
  {
    name: 'outbox.drains',
    promise: 'What was committed is published: nothing waits in the outbox for long.',
    // What goes out again into a stream made anew is as old as it is.
    sql: `select e.workspace_id, e.conversation_id, e.event_id as id, format('%s waits since %s', e.event_type, e.created_at) as detail
      from conversation.outbox o join conversation.event e using (position)
      where e.created_at < $2::timestamptz and not o.again and ($1::text is null or e.workspace_id = $1)`,
  },
  {
    name: 'timers.fire',
    promise: 'No timer is left lying.',
    sql: `select workspace_id, conversation_id, subject_id as id, format('%s was due at %s', kind, due_at) as detail
      from conversation.timer where due_at < $2::timestamptz and ($1::text is null or workspace_id = $1)`,
  },
  {
    name: 'webhooks.attended',
    promise: 'A delivery that waits stands in a lane, where a worker looks for it.',
    sql: `select d.workspace_id, d.conversation_id, d.delivery_id as id, 'it waits in no lane' as detail
      from delivery.delivery d left join delivery.lane l using (endpoint_id, lane_key)
      where d.status = 'pending' and l.lane_key is null and ($1::text is null or d.workspace_id = $1)`,
  },
  {
    name: 'tenants.walled',
    promise: 'Row-level security is forced on every table with tenants’ rows, and no service passes by it.',
    sql: `select null as workspace_id, null as conversation_id, format('%s.%s', n.nspname, c.relname) as id, 'row-level security is not forced on it' as detail
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ${schemas} and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)
        and exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped)
      union all select null, null, rolname, 'it passes by row-level security' from pg_roles
      where rolname in ${services} and (rolsuper or rolbypassrls)`,
  },
];
