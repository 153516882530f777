import { Worker } from 'node:worker_threads';
import { type Quantiles, quantiles } from './stats.ts';

// A thread of its own with blocking calls: measured from the generator's event loop, its queue would count as the disk's.
const probe = `
const { openSync, writeSync, fdatasyncSync, closeSync, rmSync } = require('node:fs');
const { parentPort, workerData } = require('node:worker_threads');
const file = openSync(workerData.file, 'w');
const block = Buffer.alloc(4096, 1);
const took = [];
const flag = new Int32Array(workerData.flag);
while (Atomics.load(flag, 0) === 0) {
  const started = performance.now();
  writeSync(file, block, 0, block.length, 0);
  fdatasyncSync(file);
  took.push(performance.now() - started);
  Atomics.wait(flag, 0, 0, 100);
}
closeSync(file);
rmSync(workerData.file, { force: true });
parentPort.postMessage(took);
`;

/**
 * Writes 4 KiB and syncs it ten times a second beside the measurement, on the same disk: the worst latencies of a durable system are
 * those of its disk, and this tells how good it was during this very step. Milliseconds.
 */
export function startDiskProbe(dir: string): AsyncDisposable & { stop(): Promise<Quantiles> } {
  const flag = new SharedArrayBuffer(4);
  const worker = new Worker(probe, { eval: true, workerData: { file: `${dir}/disk-probe`, flag } });
  const took = new Promise<number[]>((resolve, reject) => worker.once('message', resolve).once('error', reject));
  took.catch(() => undefined);
  const stop = async (): Promise<Quantiles> => {
    const view = new Int32Array(flag);
    Atomics.store(view, 0, 1);
    Atomics.notify(view, 0);
    return quantiles(Float64Array.from(await took).sort());
  };
  return { stop, [Symbol.asyncDispose]: async () => void (await stop()) };
}
