import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Unreachable, UsageError } from './exit.ts';

/** Where an installation is reached. What `npm start` writes to `.baton/place.json` while it runs. */
export interface Place {
  conversation_state: string;
  dispatcher: string;
  service_token: string;
  nats: string;
  /** As a role that row-level security hides nothing from; it is only read. */
  postgres: string;
}

const sources = {
  conversation_state: { option: 'conversationState', flag: '--conversation-state', variable: 'BATON_CONVERSATION_STATE_ADDR' },
  dispatcher: { option: 'dispatcher', flag: '--dispatcher', variable: 'BATON_DISPATCHER_ADDR' },
  // A token on a command line could be read by everybody on the machine.
  service_token: { option: undefined, flag: undefined, variable: 'BATON_SERVICE_TOKEN' },
  nats: { option: 'nats', flag: '--nats', variable: 'BATON_NATS_URL' },
  postgres: { option: 'postgres', flag: '--postgres', variable: 'BATON_VERIFY_POSTGRES_URL' },
} as const satisfies Record<keyof Place, { option: string | undefined; flag: string | undefined; variable: string }>;

export type PlaceOptions = { dataDir?: string; conversationState?: string; dispatcher?: string; nats?: string; postgres?: string };

/** The parts of a place that a command needs: by option, by variable, or as the installation in the data folder says. */
export function placeOf<K extends keyof Place>(
  wanted: readonly K[],
  o: { options: PlaceOptions; env: NodeJS.ProcessEnv; root: string },
): Pick<Place, K> {
  const file = path.join(path.resolve(o.root, o.options.dataDir ?? '.baton'), 'place.json');
  const running = read(file);
  const place = {} as Pick<Place, K>;
  const missing: string[] = [];
  for (const part of wanted) {
    const { option, flag, variable } = sources[part];
    const found = (option && o.options[option]) || o.env[variable] || running?.[part];
    if (found) place[part] = found;
    else missing.push(flag ? `${flag} or ${variable}` : variable);
  }
  if (missing.length === 0) return place;
  const given = wanted.some((part) => o.env[sources[part].variable] || (sources[part].option && o.options[sources[part].option!]));
  if (given) throw new UsageError(`Also needed: ${missing.join('; ')}.`);
  throw new Unreachable(`Nothing runs in ${path.dirname(file)}. Run \`npm start\`, or say where it runs: ${missing.join('; ')}.`);
}

function read(file: string): Partial<Place> | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Partial<Place>;
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}.`);
  }
}
