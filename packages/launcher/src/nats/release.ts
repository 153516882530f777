import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run } from '../process/run.ts';

export const RELEASE = '2.14.5';

const BASE = `https://github.com/nats-io/nats-server/releases/download/v${RELEASE}`;

// Both figures stand in the Dockerfile of the official image (nats-io/nats-docker, 2.14.x/alpine3.22). For the other platforms the project
// publishes no figure outside of the release, so there the release's own SHA256SUMS is the measure: it shows a broken transfer, not a
// replaced release.
const CHECKSUMS: Record<string, string> = {
  'linux-amd64': '5e3b603d47c447bda1f77f9ac16dbf91c90aac4ff3681f8fbbc7201e4ed99355',
  'linux-arm64': '673a98d3faa79dde3f9ebf16d6dfac36a5f694e7ad2015e4954dd7939c85cd4c',
};

const CONNECT_MS = 5_000;
const DOWNLOAD_MS = 120_000;

/** The archive's name for a platform, or undefined where there is no release for it. */
export function archiveName(platform: string, arch: string): string | undefined {
  const os = { linux: 'linux', darwin: 'darwin' }[platform];
  const cpu = { x64: 'amd64', arm64: 'arm64' }[arch];
  return os && cpu ? `nats-server-v${RELEASE}-${os}-${cpu}.tar.gz` : undefined;
}

/** The checksum of one file in the text of a SHA256SUMS file. */
export function checksumOf(sums: string, file: string): string | undefined {
  for (const line of sums.split('\n')) {
    const [sum, name] = line.trim().split(/\s+\*?/);
    if (name === file) return sum;
  }
  return undefined;
}

/**
 * Fetches the official release into `dir` and returns the path of the server.
 *
 * @throws when the host cannot be reached within five seconds, or the checksum is not the expected one
 */
export async function fetchRelease(dir: string): Promise<string> {
  const archive = archiveName(process.platform, process.arch);
  if (!archive) throw new Error(`there is no release for ${process.platform} ${process.arch}`);
  const expected =
    CHECKSUMS[archive.replace(/^nats-server-v[\d.]+-|\.tar\.gz$/g, '')] ?? checksumOf(await text(`${BASE}/SHA256SUMS`), archive);
  const bytes = Buffer.from(await (await get(`${BASE}/${archive}`)).arrayBuffer());
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== expected) throw new Error(`the checksum of ${archive} is ${found}, not ${expected}`);
  mkdirSync(dir, { recursive: true });
  const work = mkdtempSync(path.join(dir, 'unpack-'));
  try {
    writeFileSync(path.join(work, 'archive.tar.gz'), bytes);
    await run('tar', ['-xzf', 'archive.tar.gz'], { cwd: work });
    const inner = readdirSync(work).find((name) => name.startsWith('nats-server-v'));
    const target = path.join(dir, `nats-server-${RELEASE}`);
    renameSync(path.join(work, inner ?? '', 'nats-server'), target);
    return target;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function text(url: string): Promise<string> {
  return (await get(url)).text();
}

/** `fetch` has no limit for the connection alone, so one signal bounds the time to the headers and another the whole. */
async function get(url: string): Promise<Response> {
  const connecting = new AbortController();
  const timer = setTimeout(() => connecting.abort(new Error('no answer within five seconds')), CONNECT_MS);
  try {
    const response = await fetch(url, { signal: AbortSignal.any([connecting.signal, AbortSignal.timeout(DOWNLOAD_MS)]) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return response;
  } catch (error) {
    throw new Error(`${new URL(url).host}: ${reason(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
