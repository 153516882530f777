import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ran, root } from './command.ts';

const GEN = 'packages/contracts/src/gen';
const TEMPLATES = ['buf.gen.yaml', 'buf.gen.events.yaml'];

/** Writes the generated types anew. A file whose source is gone goes with it. */
export function regenerate(): boolean {
  return withFresh((fresh) => {
    rmSync(path.join(root, GEN), { recursive: true, force: true });
    cpSync(fresh, path.join(root, GEN), { recursive: true });
    return true;
  });
}

/** Whether the committed types are those that the proto files give. Shows the difference where not. */
export function isUpToDate(): boolean {
  return withFresh((fresh) => ran('diff', ['-r', '-u', path.join(root, GEN), fresh]));
}

function withFresh(use: (fresh: string) => boolean): boolean {
  const work = mkdtempSync(path.join(tmpdir(), 'baton-gen-'));
  try {
    // The templates write to `../packages/…`, seen from this base.
    const base = path.join(work, 'proto');
    mkdirSync(base);
    for (const template of TEMPLATES) {
      if (!ran('buf', ['generate', '--template', template, '-o', base], path.join(root, 'proto'))) return false;
    }
    return use(path.join(work, GEN));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
