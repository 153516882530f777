import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { run } from '../process/run.ts';

const ETC = '/etc/apt';

type Distribution = { keyring: string; component: string; suites: readonly string[] };

// Newest first. Debian is what this was tried on; Ubuntu follows the same recipe with its own names.
const DISTRIBUTIONS: Record<'debian' | 'ubuntu', Distribution> = {
  debian: { keyring: '/usr/share/keyrings/debian-archive-keyring.gpg', component: 'main', suites: ['sid', 'trixie'] },
  ubuntu: { keyring: '/usr/share/keyrings/ubuntu-archive-keyring.gpg', component: 'universe', suites: ['resolute', 'questing'] },
};

export type Mirror = { distribution: keyof typeof DISTRIBUTIONS; uri: string };

/** The mirror named in the text of a sources file, one-line or deb822 style; undefined when there is none. */
export function mirrorIn(sources: string): Mirror | undefined {
  for (const raw of sources.split('\n')) {
    const uri = /^(?:URIs:|deb\s+(?:\[[^\]]*\]\s*)?)\s*(\S+)/i.exec(raw.trim())?.[1];
    const distribution = /\/(debian|ubuntu)\/?$/.exec(uri ?? '')?.[1];
    if (uri && (distribution === 'debian' || distribution === 'ubuntu')) return { distribution, uri };
  }
  return undefined;
}

/** The machine's own mirror, or undefined off Debian and Ubuntu. */
export function machineMirror(): Mirror | undefined {
  const files = [path.join(ETC, 'sources.list')];
  const parts = path.join(ETC, 'sources.list.d');
  if (existsSync(parts))
    files.push(
      ...readdirSync(parts)
        .filter((name) => /\.(list|sources)$/.test(name))
        .map((name) => path.join(parts, name)),
    );
  for (const file of files) {
    const found = existsSync(file) ? mirrorIn(readFileSync(file, 'utf8')) : undefined;
    if (found) return found;
  }
  return undefined;
}

/**
 * Takes the newest nats-server from the machine's own mirror, through an apt state of its own: nothing is installed, no right is
 * needed, and apt checks the archive's signature and the package's checksum. The packages are static enough to run on older releases
 * (2.10.27 and 2.15.1 both ran on Debian 12).
 *
 * @throws when this is not a machine with apt and a mirror of its distribution, or no suite has the package
 */
export async function fetchDebianPackage(dir: string): Promise<string> {
  const mirror = machineMirror();
  if (!mirror) throw new Error('no Debian or Ubuntu mirror in /etc/apt');
  const { keyring, component, suites } = DISTRIBUTIONS[mirror.distribution];
  if (!existsSync(keyring)) throw new Error(`${keyring} is missing`);
  mkdirSync(dir, { recursive: true });
  const work = mkdtempSync(path.join(dir, 'apt-'));
  const failures: string[] = [];
  try {
    for (const suite of suites) {
      try {
        return await fromSuite({
          home: path.join(work, suite),
          dir,
          source: `deb [signed-by=${keyring}] ${mirror.uri} ${suite} ${component}`,
        });
      } catch (error) {
        failures.push(`${suite}: ${(error as Error).message}`);
      }
    }
    throw new Error(failures.join('; '));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function fromSuite({ home, dir, source }: { home: string; dir: string; source: string }): Promise<string> {
  for (const part of ['state/lists/partial', 'cache/archives/partial']) mkdirSync(path.join(home, part), { recursive: true });
  writeFileSync(path.join(home, 'sources.list'), `${source}\n`);
  const options = [
    `Dir::State=${home}/state`,
    `Dir::Cache=${home}/cache`,
    `Dir::Etc::sourcelist=${home}/sources.list`,
    'Dir::Etc::sourceparts=-',
    'Dir::State::status=/dev/null',
    // Without it apt, run as root, hands the download to its own user, which cannot write here.
    'APT::Sandbox::User=',
    'Acquire::Languages=none',
    'Acquire::http::Timeout=20',
    'Acquire::Retries=1',
  ].flatMap((option) => ['-o', option]);
  await run('apt-get', [...options, '-q', 'update'], { cwd: home });
  await run('apt-get', [...options, '-q', 'download', 'nats-server'], { cwd: home });
  const deb = readdirSync(home).find((name) => name.startsWith('nats-server_') && name.endsWith('.deb'));
  if (!deb) throw new Error('apt downloaded no package');
  await run('dpkg-deb', ['-x', deb, 'unpacked'], { cwd: home });
  const version = /^nats-server_([\d.]+)/.exec(deb)?.[1] ?? '0.0.0';
  const target = path.join(dir, `nats-server-${version}`);
  // A copy beside the target and a rename: a second start at the same time never sees half a file.
  const fresh = path.join(home, 'nats-server');
  copyFileSync(path.join(home, 'unpacked/usr/sbin/nats-server'), fresh);
  chmodSync(fresh, 0o755);
  renameSync(fresh, target);
  return target;
}
