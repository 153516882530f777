import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** `.baton/demo.json`: what a script, a test or a person needs to use the demo workspace. */
export type Demo = {
  gateway_url: string;
  ingest_url: string;
  api_key: string;
  partner_key: string;
  workspace_id: string;
  /** The owner that the console is opened as. Absent in files of before people signed in. */
  user_id?: string;
  /** Signs that person in, once, within ten minutes of the start. */
  console_url?: string;
  agent_id: string;
  channel_accounts: DemoChannel[];
  /** The chat of the demo page. Absent in files of before it was there. */
  widget?: DemoWidget;
  /** A seeded conversation that the AI answers in. */
  conversation_id: string;
  /** The customer of that conversation. */
  customer: string;
};

export type DemoWidget = { channel_account_id: string; url: string };

export type DemoChannel = { channel_account_id: string; provider: string; channel: string; address: string; webhook_url: string };

/** Undefined when there is none or it cannot be read. */
export function readDemo(file: string): Demo | undefined {
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Demo) : undefined;
  } catch {
    return undefined;
  }
}

export function writeDemo(file: string, demo: Demo): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(demo, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
