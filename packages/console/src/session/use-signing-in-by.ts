import { BatonApiError } from '@baton/sdk/errors.ts';
import { useState } from 'react';
import type { Texts } from '../texts/en.ts';
import { useTexts } from '../texts/texts.tsx';
import { type SessionAnswer, useSigningIn } from './session.tsx';

/** One way to sign in: runs it, and says in words what came of it. `wrong`: what is told of a 401. */
export function useSigningInBy<T>(way: (given: T) => Promise<SessionAnswer>, wrong: string) {
  const t = useTexts();
  const { enter } = useSigningIn();
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<string>();
  const run = async (given: T) => {
    setWorking(true);
    setProblem(undefined);
    try {
      enter(await way(given));
    } catch (error) {
      setProblem(sayProblem(error, t, wrong));
    } finally {
      setWorking(false);
    }
  };
  return { run, working, problem, setProblem };
}

function sayProblem(error: unknown, t: Texts, wrong: string): string {
  if (!(error instanceof BatonApiError)) return t.errors.offline;
  if (error.status === 401) return wrong;
  if (error.status === 429) return t.signIn.locked(Math.ceil(error.retryAfterSeconds ?? 15));
  if (error.status === 400 && error.errors.some(({ path }) => path.endsWith('password'))) return t.signIn.poor;
  return error.status === 503 ? t.signIn.busy : error.detail || t.errors.unknown;
}
