import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { output, ran, root } from './command.ts';

const GEN = 'packages/contracts/src/gen';
const WIDGET = 'packages/widget/src/gen';
const TEMPLATES = ['buf.gen.yaml', 'buf.gen.events.yaml'];

type Visit = (file: string, fresh: string) => boolean;

/** Writes everything generated anew: first the types of the proto files and the widget's scripts, then what is published, which is made with them. */
export function regenerate(): boolean {
  return withTypes(replace) && withWidget(replace) && withPublished(replace);
}

/** Whether what is committed is what the sources give. Shows the difference where not. */
export function isUpToDate(): boolean {
  const differs: Visit = (file, fresh) => ran('diff', ['-r', '-u', '-N', path.join(root, file), fresh]);
  return [withTypes(differs), withWidget(differs), withPublished(differs)].every(Boolean);
}

/** A file whose source is gone goes with it. */
function replace(file: string, fresh: string): boolean {
  const target = path.join(root, file);
  if (existsSync(target)) rmSync(target, { recursive: true });
  cpSync(fresh, target, { recursive: true });
  return true;
}

function withTypes(visit: Visit): boolean {
  return withFolder((work) => {
    // The templates write to `../packages/…`, seen from this base.
    const base = path.join(work, 'proto');
    mkdirSync(base);
    for (const template of TEMPLATES) {
      if (!ran('buf', ['generate', '--template', template, '-o', base], path.join(root, 'proto'))) return false;
    }
    return visit(GEN, path.join(work, GEN));
  });
}

/** In a process of its own: it imports the types that were written a moment ago. */
function withPublished(visit: Visit): boolean {
  return withFolder((work) => {
    const written = output(process.execPath, ['--disable-warning=ExperimentalWarning', 'scripts/contracts/main.ts', work], root, 'inherit');
    if (written === undefined) return false;
    const places = written.trim().split('\n');
    return places.map((place) => visit(place, path.join(work, place))).every(Boolean);
  });
}

/** In a process of its own, because the bundler works in promises. */
function withWidget(visit: Visit): boolean {
  return withFolder((work) => {
    const built = ran(process.execPath, ['--disable-warning=ExperimentalWarning', 'scripts/build-widget.ts', work]);
    return built && visit(WIDGET, work);
  });
}

function withFolder(use: (work: string) => boolean): boolean {
  const work = mkdtempSync(path.join(tmpdir(), 'baton-gen-'));
  try {
    return use(work);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
