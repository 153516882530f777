// Run once before the services: makes the database, its roles and schemas, or brings passwords and rights to what is given.
import { bootstrapDatabase } from '../packages/db/src/bootstrap.ts';

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing.`);
  return value;
}

await bootstrapDatabase(required('BATON_POSTGRES_SUPER_URL'), {
  passwords: {
    baton_owner: required('BATON_OWNER_PASSWORD'),
    baton_conversation: required('BATON_CONVERSATION_PASSWORD'),
    baton_conversation_system: required('BATON_CONVERSATION_SYSTEM_PASSWORD'),
    baton_delivery: required('BATON_DELIVERY_PASSWORD'),
    baton_access: required('BATON_ACCESS_PASSWORD'),
  },
});
console.log('The database is ready.');
