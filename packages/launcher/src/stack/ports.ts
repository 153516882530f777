import { freePort, portIsFree } from '../process/port.ts';
import { StartError } from '../start-error.ts';
import { PORTS, type Ports, reachable, SERVICE_PORTS, SERVICES, type ServiceName } from './names.ts';
import type { InstancePorts, Layout } from './service-env.ts';

type Wanted = { ports?: Partial<Ports>; instances?: Partial<Record<ServiceName, number>> };

/**
 * Given ports as they are, the others free ones.
 *
 * @throws StartError when a given one is taken
 */
export async function choosePorts(options: Wanted, host: string): Promise<Ports> {
  const ports = {} as Ports;
  for (const key of Object.keys(PORTS) as (keyof Ports)[]) {
    const given = options.ports?.[key];
    const where = key === 'postgres' || key === 'nats' ? '127.0.0.1' : host;
    if (given !== undefined && !(await portIsFree(where, given))) {
      throw new StartError(`Port ${given} is taken by another program; free it, or choose another with ${PORTS[key].variable}.`);
    }
    ports[key] = given ?? (await freePort());
  }
  return ports;
}

/** The first instance of each service on its own port, further ones on free ports. */
export async function placeInstances(options: Wanted, ports: Ports, host: string): Promise<Layout['instances']> {
  const placed = {} as Layout['instances'];
  for (const name of SERVICES) {
    const { main, ops } = SERVICE_PORTS[name];
    const own: InstancePorts[] = [{ main: ports[main], ...(ops ? { ops: ports[ops] } : {}) }];
    while (own.length < (options.instances?.[name] ?? 1)) {
      own.push({ main: await freePort(reachable(host)), ...(ops ? { ops: await freePort(reachable(host)) } : {}) });
    }
    placed[name] = own;
  }
  return placed;
}
