import type { AddressInfo, Socket } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { eventually } from './eventually.ts';

/** `drop`: the mail is taken and the connection gone before a word about it. `hang`: no word, the connection stays. */
export type MailAnswer = 'accept' | 'drop' | 'hang' | { at: 'rcpt' | 'data'; code: number; text: string };

export interface AcceptedMail {
  from: string;
  to: string[];
  user: string | undefined;
  /** As it went over the wire. */
  raw: string;
}

export interface FakeMailServer extends AsyncDisposable {
  port: number;
  /** Mails whose bytes arrived whole, taken or not. */
  mails: AcceptedMail[];
  /** Connections made so far, and open ones. */
  connections: { made: number; open: number };
  respond(how: MailAnswer): void;
  waitForMails(count: number, timeoutMs?: number): Promise<AcceptedMail[]>;
}

/** An SMTP server on loopback (the package that real ones are made of) that takes every mail, or does what a test tells it. */
export async function startFakeMailServer(o: { user?: string; password?: string; tls?: boolean } = {}): Promise<FakeMailServer> {
  const mails: AcceptedMail[] = [];
  const connections = { made: 0, open: 0 };
  const sockets = new Set<Socket>();
  let answer: MailAnswer = 'accept';
  const refusal = (at: 'rcpt' | 'data') =>
    typeof answer === 'object' && answer.at === at ? Object.assign(new Error(answer.text), { responseCode: answer.code }) : undefined;
  const server = new SMTPServer({
    authOptional: o.user === undefined,
    allowInsecureAuth: true,
    disabledCommands: [...(o.tls ? [] : ['STARTTLS']), ...(o.user === undefined ? ['AUTH'] : [])],
    disableReverseLookup: true,
    logger: false,
    onAuth: (auth, _session, done) =>
      auth.username === o.user && auth.password === o.password ? done(null, { user: auth.username }) : done(new Error('Invalid login')),
    onRcptTo: (_address, _session, done) => done(refusal('rcpt')),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : '',
          to: rcptTo.map((one) => one.address),
          user: session.user === undefined ? undefined : String(session.user),
          raw: Buffer.concat(chunks).toString('utf8'),
        });
        if (answer === 'hang') return;
        if (answer === 'drop') for (const socket of sockets) socket.destroy();
        else done(refusal('data'));
      });
    },
  });
  server.on('error', () => undefined);
  server.server.on('connection', (socket: Socket) => {
    connections.made++;
    connections.open++;
    sockets.add(socket);
    socket.on('close', () => {
      connections.open--;
      sockets.delete(socket);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    connections,
    respond: (how) => {
      answer = how;
    },
    waitForMails: (count, timeoutMs = 10_000) =>
      eventually(
        () => mails,
        (found) => found.length >= count,
        { timeoutMs, what: `${count} mails` },
      ),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
