import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ran, steps } from './command.ts';
import { isUpToDate } from './generated.ts';

const NODE = process.execPath;

type Results = { numPassedTests: number; numFailedTests: number; numFailedTestSuites: number; numPendingTests: number; success: boolean };

/** Runs all tests with vitest's summary in sight; its JSON result says how many passed. */
function runTests(file: string): boolean {
  return ran(NODE, ['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`]);
}

/** The last line. A failed step counts as one failure, so that no reader of this line alone takes a red run for a green one. */
function verdict(file: string, failedSteps: readonly string[]): { line: string; good: boolean } {
  const besides = failedSteps.filter((name) => name !== 'tests').length;
  try {
    const results = JSON.parse(readFileSync(file, 'utf8')) as Results;
    const failed = results.numFailedTests + besides || (results.success && failedSteps.length === 0 ? 0 : 1);
    return { line: `${results.numPassedTests} passed, ${failed} failed`, good: failed === 0 && results.numPassedTests > 0 };
  } catch {
    return { line: `0 passed, ${besides + 1} failed`, good: false };
  }
}

const work = mkdtempSync(path.join(tmpdir(), 'baton-ci-'));
try {
  const file = path.join(work, 'vitest.json');
  const failed = await steps([
    ['lint', () => ran(NODE, ['scripts/lint.ts'])],
    ['types', () => ran(NODE, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json', '--noEmit'])],
    ['types of the SDK, without Node', () => ran(NODE, ['node_modules/typescript/bin/tsc', '-p', 'packages/sdk', '--noEmit'])],
    ['types of the widget, in a browser', () => ran(NODE, ['node_modules/typescript/bin/tsc', '-p', 'packages/widget', '--noEmit'])],
    ['types of the console, in a browser', () => ran(NODE, ['node_modules/typescript/bin/tsc', '-p', 'packages/console', '--noEmit'])],
    ['the console builds, and its first load is small enough', () => ran(NODE, ['packages/console/build/main.ts'])],
    ['generated code is up to date', isUpToDate],
    ['model of the fence, every guard taken out once', () => ran(NODE, ['tests/model/main.ts'])],
    ['tests', () => runTests(file)],
    ['chaos: every kill point once', () => ran(NODE, ['tests/chaos/main.ts', '--kill-points'])],
    ['chaos: five random seeds', () => ran(NODE, ['tests/chaos/main.ts', '--runs', '5'])],
  ]);
  const { line, good } = verdict(file, failed);
  if (failed.length > 0) console.error(`failed: ${failed.join(', ')}`);
  console.log(line);
  process.exitCode = good ? 0 : 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}
