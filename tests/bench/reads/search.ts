import type { Stack } from '@baton/launcher/stack.ts';
import { quantiles } from '../measure/stats.ts';
import { planted, Texts } from '../seed/texts.ts';
import { ask, type Place } from './place.ts';

export interface SearchFigure {
  what: string;
  /** Matches as the answer says, with a plus when there may be more; `none in time` when there was no answer. */
  total: string;
  firstMs: number;
  p50: number;
  max: number;
}

interface Searched {
  what: string;
  query: string;
  key: string;
  agentId?: string;
}

export function searches(o: { large: Place; small: Place; fewMessages: string }): Searched[] {
  const { cyrillic, arabic, chinese } = new Texts().foreign;
  const key = o.large.key;
  return [
    { what: 'a rare word', query: planted.rare, key },
    { what: 'a word of every fifth message', query: planted.common.toUpperCase(), key },
    { what: 'a word common once, not lately', query: planted.bygone, key },
    { what: 'a word that is in none', query: planted.absent, key },
    { what: 'in none, each trigram in every fifth', query: `${planted.common} ${planted.common}`, key },
    { what: 'two letters, in every tenth', query: planted.short, key },
    { what: 'two letters that are in none', query: planted.absentShort, key },
    { what: 'a Cyrillic word', query: cyrillic, key },
    { what: 'an Arabic word', query: arabic, key },
    { what: 'two Chinese letters', query: chinese, key },
    { what: 'the common word, at an agent with 1 %', query: planted.common, key, agentId: o.fewMessages },
    { what: 'the common word, in the small workspace', query: planted.common, key: o.small.key },
    { what: 'two letters in none, in the small workspace', query: planted.absentShort, key: o.small.key },
  ];
}

/** Through the gateway, one after another, as a person waits for them. */
export async function measureSearch(stack: Stack, { what, query, key, agentId }: Searched, times: number): Promise<SearchFigure> {
  const path = `/v1/conversations/search?${new URLSearchParams({ query, limit: '10', ...(agentId !== undefined && { agent_id: agentId }) })}`;
  let total = '';
  const taken: number[] = [];
  for (let i = 0; i <= times; i++) {
    const from = performance.now();
    total = await ask(stack, { path, key }).then(totalOf, (error: Error) =>
      error.message.includes('answered 504') ? 'none in time' : Promise.reject(error),
    );
    taken.push(performance.now() - from);
  }
  const [firstMs = 0, ...others] = taken;
  const { p50, max } = quantiles(Float64Array.from(others).sort());
  return { what, total, firstMs, p50, max };
}

const totalOf = (answer: Record<string, unknown>): string => `${answer['total']}${answer['total_is_exact'] === true ? '' : '+'}`;
