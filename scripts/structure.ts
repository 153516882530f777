import path from 'node:path';

/** One tracked source file: its path from the root, with forward slashes, and its text. */
export type SourceFile = { path: string; text: string };

const FILE_LINES = 400;
// All texts of one language: split, a translation would be more than one file.
const CATALOGUE = /^packages\/console\/src\/texts\/[a-z]{2}\.ts$/;
const FOLDER_FILES = 15;

/** What style.md forbids and no linter sees: size of files and folders, barrels, the direction of imports. One sentence per problem. */
export function structureProblems(files: readonly SourceFile[]): string[] {
  const own = files.filter((file) => !file.path.includes('/src/gen/'));
  return [
    ...own.flatMap(sizeProblems),
    ...folderProblems(own),
    ...own.flatMap(barrelProblems),
    ...own.flatMap(importProblems),
    ...own.flatMap(purityProblems),
    ...own.flatMap(fetchProblems),
  ];
}

function sizeProblems({ path: file, text }: SourceFile): string[] {
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  return lines > FILE_LINES && !CATALOGUE.test(file) ? [`${file} has ${lines} lines; ${FILE_LINES} are the limit`] : [];
}

// Tests lie beside what they test and say nothing about how much a folder holds.
function folderProblems(files: readonly SourceFile[]): string[] {
  const folders = new Map<string, number>();
  for (const { path: file } of files) {
    if (!/\.test\.ts$/.test(file)) folders.set(path.posix.dirname(file), (folders.get(path.posix.dirname(file)) ?? 0) + 1);
  }
  return [...folders]
    .filter(([, count]) => count > FOLDER_FILES)
    .map(([dir, count]) => `${dir} holds ${count} files; ${FOLDER_FILES} are the limit`);
}

function barrelProblems({ path: file, text }: SourceFile): string[] {
  const problems: string[] = [];
  if (path.posix.basename(file) === 'index.ts') problems.push(`${file}: no index.ts, imports name files`);
  if (/^export \*/m.test(text)) problems.push(`${file}: no \`export *\`, imports name files`);
  return problems;
}

const IMPORT =
  /^(?:import|export)\s+(type\s+)?[^'"]*?from\s+['"]([^'"]+)['"]|^import\s+()['"]([^'"]+)['"]|\bimport\(\s*()['"]([^'"]+)['"]\s*\)/gm;

export type Import = { specifier: string; typeOnly: boolean };

/** Everything a source file imports, re-exports or loads by `import('…')`. */
export function importsOf(text: string): Import[] {
  return [...text.matchAll(IMPORT)].map((match) => ({
    specifier: match[2] ?? match[4] ?? match[6] ?? '',
    typeOnly: match[1] !== undefined,
  }));
}

function importProblems(file: SourceFile): string[] {
  return importsOf(file.text).flatMap((found) => {
    const problem = forbidden(file.path, found);
    return problem ? [`${file.path} imports ${found.specifier}: ${problem}`] : [];
  });
}

const HOUSE = /^(services|packages)\/([^/]+)\/src\/(?:(domain|store|wire|handlers)(?:\/|\.ts$))?/;

function forbidden(from: string, { specifier, typeOnly }: Import): string | undefined {
  const target = specifier.startsWith('.') ? path.posix.normalize(path.posix.join(path.posix.dirname(from), specifier)) : specifier;
  if (specifier.startsWith('.') && !/\.(tsx?|mjs|json|css|svg|png)$/.test(specifier))
    return 'relative imports name the file with its suffix';
  const here = HOUSE.exec(from);
  if (!here) return undefined;
  const [, kind, name, layer] = here;
  const test = from.endsWith('.test.ts');
  if (!test && !typeOnly && WAYS_OUT.test(specifier) && !MAY_REACH_OUT.test(from))
    return 'addresses that others choose are asked through packages/egress alone, which judges them';
  const service = /^services\/([^/]+)\//.exec(target)?.[1];
  if (service && kind === 'packages') return 'packages never import services';
  if (service && service !== name) return 'services never import each other';
  return test ? undefined : layerProblem(layer, target, typeOnly);
}

const WAYS_OUT = /^(?:node:)?(?:net|tls|http|https|http2|dgram|dns|dns\/promises)$|^(?:undici|nodemailer|axios|got|node-fetch|ws)$/;

// Egress itself, what listens instead of asking, what runs on others' machines, tools, and the one SMTP client: its sockets come from egress.
const MAY_REACH_OUT =
  /^packages\/(?:egress|runtime|launcher|testkit|telemetry|sdk|widget|cli)\/|^services\/dispatcher\/src\/sends\/mail\/mailer\.ts$/;

const FETCH = /(?<![.\w])fetch\(/;
// Between our own services, at addresses from the configuration; in browsers, which no address of ours is behind.
const MAY_FETCH = /^packages\/(?:launcher|testkit|sdk|widget|console|cli)\/|^services\/gateway\/src\/inbound\/ingest-client\.ts$/;

/** Node has a `fetch` that nobody needs to import. */
function fetchProblems({ path: file, text }: SourceFile): string[] {
  if (!/^(?:services|packages)\/[^/]+\/src\//.test(file) || file.endsWith('.test.ts') || MAY_FETCH.test(file) || !FETCH.test(text))
    return [];
  return [`${file} uses fetch: addresses that others choose are asked through packages/egress alone, which judges them`];
}

const HIGHER: Record<string, readonly string[]> = {
  store: ['handlers', 'service'],
  wire: ['handlers', 'store', 'service'],
  handlers: ['service'],
};

function layerProblem(layer: string | undefined, target: string, typeOnly: boolean): string | undefined {
  if (layer === undefined) return undefined;
  const to = /\/src\/(domain|store|wire|handlers|service)(?:\/|\.ts$)/.exec(target)?.[1];
  if (layer === 'domain') {
    if (to === 'domain') return undefined;
    // What providers can do is data as well.
    if (/^@baton\/((contracts|errors)\/|channels\/(capabilities|segments|window)\.ts$)/.test(target)) return undefined;
    // A rule may use a pure library (phone numbers, for one), never one that reaches outside.
    if (/^(node:(?!crypto$)|pg$|kysely|@grpc\/|@nats-io\/|undici|fastify|@opentelemetry\/)/.test(target) && !typeOnly)
      return 'domain is pure: no input, output, clock or randomness';
    return target.startsWith('@baton/') || target.includes('/src/') ? 'domain imports contracts and domain alone' : undefined;
  }
  // What a row looks like may be known where it is turned into what travels; how it is read may not.
  if (layer === 'wire' && to === 'store' && typeOnly) return undefined;
  return to && HIGHER[layer]?.includes(to) ? `${layer} must not know ${to}` : undefined;
}

const IMPURE = /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\brandom(?:Bytes|UUID|UUIDv7|Int)\b|\bperformance\.now\(|\bsetTimeout\(/;

// Hashes are pure, so node:crypto may be used in a rule; what it offers of chance may not.
function purityProblems({ path: file, text }: SourceFile): string[] {
  if (file.endsWith('.test.ts')) return [];
  const problems: string[] = [];
  const impure = /\/src\/domain(?:\/|\.ts$)/.test(file) ? IMPURE.exec(text)?.[0] : undefined;
  if (impure) problems.push(`${file} uses ${impure}: domain is pure, time and chance are arguments`);
  if (/^services\/[^/]+\/src\/(?!config\.ts|main\.ts)/.test(file) && /\bprocess\.env\b/.test(text))
    problems.push(`${file} reads process.env: only config.ts does`);
  return problems;
}
