import { readFileSync } from 'node:fs';
import type { Product } from './product.ts';

/** The process that runs under this name now: `dispatcher`, `gateway-2`, `nats`, … */
export function pidOf(product: Product, name: string): number {
  const processes = JSON.parse(readFileSync(product.processesFile, 'utf8')) as { name: string; pid: number }[];
  const found = processes.find((one) => one.name === name);
  if (!found) throw new Error(`${name} does not run; there are ${processes.map((one) => one.name).join(', ')}`);
  return found.pid;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
