import { type Kysely, sql } from 'kysely';

/** What a turn has cost, where the AI backend says so: model, input_tokens, output_tokens. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql.raw('alter table conversation.dispatch add column usage jsonb').execute(db);
}
