import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Component } from '../targets/target.ts';

/** Clock ticks a second of /proc/<pid>/stat: 100 on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** CPU seconds by component, and of the whole machine, at one moment. */
export interface CpuReading {
  at: number;
  seconds: Record<string, number>;
  machineSeconds: number;
}

interface ProcStat {
  ppid: number;
  own: number;
  /** Of ended children that were waited for: Postgres' backends that came and went. */
  children: number;
}

/** Fields of /proc/<pid>/stat; the command in parentheses may hold spaces, so counting starts behind it. */
export function parseStat(text: string): ProcStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const at = (field: number) => Number(fields[field - 3]);
  return { ppid: at(4), own: (at(14) + at(15)) / ticksPerSecond, children: (at(16) + at(17)) / ticksPerSecond };
}

function statOf(pid: number): ProcStat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Direct children: deep enough for Postgres, whose backends are all children of the postmaster. */
function childrenOf(pid: number): number[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
  return all.filter((one) => statOf(one)?.ppid === pid);
}

export function readCpu(components: Component[]): CpuReading {
  const seconds: Record<string, number> = {};
  for (const { name, pid, tree } of components) {
    const root = statOf(pid());
    let sum = (root?.own ?? 0) + (tree ? (root?.children ?? 0) : 0);
    if (tree) for (const child of childrenOf(pid())) sum += statOf(child)?.own ?? 0;
    seconds[name] = (seconds[name] ?? 0) + sum;
  }
  // user, nice, system, idle, iowait, irq, softirq: all but idle and iowait was work.
  const machine = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]!.trim().split(/\s+/).slice(1).map(Number);
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = machine;
  return { at: performance.now(), seconds, machineSeconds: (user + nice + system + irq + softirq) / ticksPerSecond };
}

/** CPU seconds spent between two readings. `other` is what the rest of the machine did meanwhile: much of it spoils a run. */
export function cpuBetween(a: CpuReading, b: CpuReading): { seconds: Record<string, number>; other: number; wall: number } {
  const seconds: Record<string, number> = {};
  let sum = 0;
  for (const name of Object.keys(b.seconds)) {
    seconds[name] = Math.max(0, b.seconds[name]! - (a.seconds[name] ?? 0));
    sum += seconds[name];
  }
  return { seconds, other: Math.max(0, b.machineSeconds - a.machineSeconds - sum), wall: (b.at - a.at) / 1000 };
}

/** Resident memory by component, MiB. Proportional (PSS) for trees, whose processes share most of theirs. */
export function readMemory(components: Component[]): Record<string, number> {
  const mib: Record<string, number> = {};
  for (const { name, pid, tree } of components) {
    const sum = tree
      ? [pid(), ...childrenOf(pid())].reduce((total, one) => total + kib(one, 'smaps_rollup', 'Pss'), 0)
      : kib(pid(), 'status', 'VmRSS');
    mib[name] = (mib[name] ?? 0) + sum / 1024;
  }
  return mib;
}

/** Begins to watch; the answer tells the resident memory at the beginning and the most there has been since, MiB: the kernel's own mark, which misses no moment. */
export function watchPeak(pid: number): () => { before: number; peak: number } {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
  const before = kib(pid, 'status', 'VmRSS') / 1024;
  return () => ({ before, peak: kib(pid, 'status', 'VmHWM') / 1024 });
}

function kib(pid: number, file: 'smaps_rollup' | 'status', field: string): number {
  try {
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/${file}`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
