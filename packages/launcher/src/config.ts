import path from 'node:path';
import { parseArgs } from 'node:util';
import type { NatsSources } from './nats/binary.ts';
import { PORTS, type Ports } from './stack/names.ts';
import { passedOn } from './stack/service-env.ts';
import { StartError } from './start-error.ts';

export type LauncherConfig = {
  command: 'start' | 'reset' | 'help';
  dataDir: string;
  demo: boolean;
  /** NATS and Postgres alone. */
  serversOnly: boolean;
  /** Wipe before the start. */
  reset: boolean;
  verbose: boolean;
  host: string;
  ports: Ports;
  /** Handed on to the services as they are. */
  passedOn: Record<string, string>;
  /** In place of loopback alone. */
  egressAllow: string | undefined;
  /** The stream that closes when the process that started us dies. */
  bootstrapFd: number | undefined;
};

export const HELP = `Usage: npm start -- [options]

Starts Baton on this machine: nats-server, Postgres, four services and a demo workspace. Ctrl-C stops all of it; the data stays.

  --no-demo          no demo workspace
  --servers-only     NATS and Postgres alone, for services run from elsewhere
  --reset            wipe the data first
  --data-dir <dir>   where data, secrets and logs are (default: .baton)
  --verbose          show the services' logs here as well
  --help             this text

npm run reset        wipe the data and end

Variables: ${Object.values(PORTS)
  .map(({ variable, port }) => `${variable} (${port})`)
  .join(', ')},
  BATON_HOST (127.0.0.1), NATS_SERVER_BIN, BATON_CACHE_DIR, OTEL_*, BATON_SIMULATOR_*.
`;

/**
 * Reads the command line and the environment, all problems in one sentence.
 *
 * @throws StartError naming every option and variable that is wrong
 */
export function loadConfig(argv: readonly string[], env: NodeJS.ProcessEnv, root: string): LauncherConfig {
  const { values, positionals } = readArguments(argv);
  const problems: string[] = [];
  const ports = {} as Ports;
  for (const [key, { variable, port }] of Object.entries(PORTS) as [keyof Ports, { variable: string; port: number }][]) {
    ports[key] = Number(env[variable] || port);
    if (!/^\d+$/.test(env[variable] || String(port)) || ports[key] < 1 || ports[key] > 65_535)
      problems.push(`${variable} must be a port from 1 to 65535, not "${env[variable]}"`);
    const other = (Object.keys(ports) as (keyof Ports)[]).find((before) => before !== key && ports[before] === ports[key]);
    if (other) problems.push(`${PORTS[other].variable} and ${variable} are both ${ports[key]}`);
  }
  const command = values.help ? 'help' : (positionals[0] ?? 'start');
  if (command !== 'start' && command !== 'reset' && command !== 'help') problems.push(`there is no command '${command}'`);
  if (problems.length > 0) throw new StartError(`${problems.join('; ')}.`);
  return {
    command: command as LauncherConfig['command'],
    dataDir: path.resolve(root, values['data-dir'] ?? '.baton'),
    demo: !values['no-demo'],
    serversOnly: values['servers-only'] ?? false,
    reset: values.reset ?? false,
    verbose: values.verbose ?? false,
    host: env['BATON_HOST'] || '127.0.0.1',
    ports,
    passedOn: passedOn(env),
    egressAllow: env['BATON_EGRESS_ALLOW'] || undefined,
    bootstrapFd: env['BATON_BOOTSTRAP_FD'] ? Number(env['BATON_BOOTSTRAP_FD']) : undefined,
  };
}

/** Where this machine says a nats-server may be. */
export function machineSources(): NatsSources {
  return process.env;
}

function readArguments(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        'no-demo': { type: 'boolean' },
        'servers-only': { type: 'boolean' },
        reset: { type: 'boolean' },
        verbose: { type: 'boolean' },
        'data-dir': { type: 'string' },
      },
    });
  } catch (error) {
    throw new StartError(`${(error as Error).message}. See \`npm start -- --help\`.`);
  }
}
