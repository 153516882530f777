/** The four services, in the order in which their lines are printed. */
export const SERVICES = ['conversation-state', 'dispatcher', 'ingest', 'gateway'] as const;

export type ServiceName = (typeof SERVICES)[number];

/** Every port of one installation. */
export type Ports = {
  gateway: number;
  ingest: number;
  conversationState: number;
  conversationStateOps: number;
  dispatcher: number;
  dispatcherOps: number;
  postgres: number;
  nats: number;
};

/** The variable and the default of each port. The first two are what people outside see; the rest is between our own processes. */
export const PORTS: { readonly [K in keyof Ports]: { readonly variable: string; readonly port: number } } = {
  gateway: { variable: 'BATON_GATEWAY_PORT', port: 4000 },
  ingest: { variable: 'BATON_INGEST_PORT', port: 4001 },
  conversationState: { variable: 'BATON_CONVERSATION_STATE_PORT', port: 4002 },
  dispatcher: { variable: 'BATON_DISPATCHER_PORT', port: 4003 },
  conversationStateOps: { variable: 'BATON_CONVERSATION_STATE_OPS_PORT', port: 4012 },
  dispatcherOps: { variable: 'BATON_DISPATCHER_OPS_PORT', port: 4013 },
  postgres: { variable: 'BATON_POSTGRES_PORT', port: 4020 },
  nats: { variable: 'BATON_NATS_PORT', port: 4021 },
};

/** What each service listens on: gRPC or its public HTTP on `main`; health and metrics on `ops` where `main` speaks no HTTP. */
export const SERVICE_PORTS: { readonly [K in ServiceName]: { readonly main: keyof Ports; readonly ops?: keyof Ports } } = {
  'conversation-state': { main: 'conversationState', ops: 'conversationStateOps' },
  dispatcher: { main: 'dispatcher', ops: 'dispatcherOps' },
  ingest: { main: 'ingest' },
  gateway: { main: 'gateway' },
};

/** The address to reach what listens on `host`: a wildcard is no destination. */
export function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  return host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host;
}
