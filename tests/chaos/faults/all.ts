import type { Fault } from './fault.ts';
import { inboundFaults } from './inbound.ts';
import { killPointFaults } from './kill-points.ts';
import { networkFaults } from './network.ts';
import { outsideFaults } from './outside.ts';
import { processFaults } from './processes.ts';
import { serverFaults } from './servers.ts';
import { storeLoss } from './store-loss.ts';

export const faults: readonly Fault[] = [
  ...processFaults,
  ...serverFaults,
  ...networkFaults,
  ...outsideFaults,
  ...inboundFaults,
  ...killPointFaults,
  storeLoss,
];

/** What the list of the reliability page asks for and this harness does not do, with the reason. */
export const notDone: Record<string, string> = {
  'disk full': 'needs a file system of its own',
  'clock jumps': 'the clock belongs to the whole machine',
  'power loss': 'kill -9 keeps what the kernel has; JetStream and Postgres run with fsync here',
  'old and new release side by side': 'there is no earlier release',
};
