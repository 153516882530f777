import type { Readable } from 'node:stream';
import { readSmtpFault } from '@baton/channels/email/smtp-answer.ts';
import type { OutboundMail, SendAnswer, SmtpSettings } from '@baton/channels/provider.ts';
import type { Egress } from '@baton/egress/egress.ts';
import { EgressError } from '@baton/egress/egress-error.ts';
import { killPoint } from '@baton/runtime/kill-point.ts';
import { createTransport } from 'nodemailer';
import type { MailFile } from './attachments.ts';

export interface Mailer extends AsyncDisposable {
  /** Hands a mail to the account's mail server, once: whatever happens is an answer, nothing is repeated here. */
  send(
    channelAccountId: string,
    smtp: SmtpSettings,
    mail: OutboundMail,
    o: { files: MailFile[]; signal: AbortSignal },
  ): Promise<SendAnswer>;
}

/** Connections to one mail server at once: most allow ten, some five. */
const connectionsPerAccount = 3;
/** Accounts whose connections are kept; the one longest unused goes first. */
const maxAccounts = 200;

type Transport = ReturnType<typeof openTransport>;

/** A pool per account, made when its first mail leaves, closed when its settings change. */
export function openMailer(egress: Pick<Egress, 'connect'>): Mailer {
  const pools = new Map<string, { settings: string; transport: Transport }>();
  const poolOf = (id: string, smtp: SmtpSettings): Transport => {
    const settings = JSON.stringify(smtp);
    const known = pools.get(id);
    pools.delete(id);
    if (known && known.settings !== settings) known.transport.close();
    const pool = known?.settings === settings ? known : { settings, transport: openTransport(egress, smtp) };
    pools.set(id, pool);
    const [oldest] = pools;
    if (pools.size > maxAccounts && oldest) {
      pools.delete(oldest[0]);
      oldest[1].transport.close();
    }
    return pool.transport;
  };
  return {
    send: (id, smtp, mail, o) => send(poolOf(id, smtp), mail, o),
    async [Symbol.asyncDispose]() {
      for (const { transport } of pools.values()) transport.close();
      pools.clear();
    },
  };
}

/** What of a mail has left. */
interface Probe {
  stream?: Readable;
}

const probes = new WeakMap<object, Probe>();

function openTransport(egress: Pick<Egress, 'connect'>, smtp: SmtpSettings) {
  const transport = createTransport({
    pool: true,
    host: smtp.host,
    port: smtp.port,
    // The name we greet with: what the machine calls itself is nobody's business.
    name: smtp.from.slice(smtp.from.lastIndexOf('@') + 1),
    secure: smtp.tls === 'implicit',
    requireTLS: smtp.tls === 'required',
    tls: { minVersion: 'TLSv1.2' },
    ...(smtp.user !== undefined && { auth: { user: smtp.user, pass: smtp.password ?? '' } }),
    maxConnections: connectionsPerAccount,
    maxMessages: 100,
    // What is to be repeated is decided where the claim is, with the fence in sight.
    maxRequeues: 0,
    idleTimeout: 30_000,
    greetingTimeout: 10_000,
    socketTimeout: 60_000,
    disableFileAccess: true,
    disableUrlAccess: true,
    getSocket: (_options: unknown, done: (error: Error | null, socket?: object) => void) => {
      egress.connect({ host: smtp.host, port: smtp.port, timeoutMs: 10_000 }).then(
        (connection) => done(null, { connection }),
        (error: Error) => done(error),
      );
    },
  });
  // Only this stream tells whether the server has asked for the mail's bytes: it is first read then.
  transport.use('stream', (mail, done) => {
    const probe = probes.get(mail.data.headers as object);
    const create = mail.message.createReadStream.bind(mail.message);
    mail.message.createReadStream = (options) => {
      const stream = create(options);
      if (probe) probe.stream = stream;
      return stream;
    };
    done();
  });
  // A connection that breaks while nobody uses it is no news; one in use tells its mail.
  transport.on('error', () => undefined);
  return transport;
}

async function send(transport: Transport, mail: OutboundMail, o: { files: MailFile[]; signal: AbortSignal }): Promise<SendAnswer> {
  const probe: Probe = {};
  const headers = { ...mail.headers };
  probes.set(headers, probe);
  try {
    killPoint('provider.before_call');
    await transport.sendMail({
      messageId: `<${mail.messageId}>`,
      from: mail.from,
      to: mail.to,
      ...(mail.replyTo !== undefined && { replyTo: mail.replyTo }),
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      ...(mail.references.length > 0 && {
        inReplyTo: `<${mail.references.at(-1)}>`,
        references: mail.references.map((one) => `<${one}>`),
      }),
      headers,
      attachments: o.files.map((file) => ({ filename: file.name, content: file.bytes, contentType: file.contentType })),
      envelope: { from: mail.from.address, to: [mail.to] },
      signal: o.signal,
    });
    killPoint('provider.after_call');
    return { kind: 'sent', providerMessageId: mail.messageId };
  } catch (error) {
    return readFault(error, probe.stream?.readableDidRead === true);
  }
}

function readFault(error: unknown, dataSent: boolean): SendAnswer {
  if (error instanceof EgressError && error.fault === 'refused') return { kind: 'failed', code: 'egress_refused', detail: error.message };
  if (!(error instanceof Error)) throw error;
  const told = error as Error & { code?: string; originalCode?: string; responseCode?: number; response?: string };
  // A certificate that is refused arrives as a broken socket.
  const isTls = /CERT|SIGNED|TLS|SSL|UNABLE_TO_/.test(told.originalCode ?? '');
  return readSmtpFault({
    reply: told.responseCode,
    code: isTls ? 'ETLS' : (told.code ?? 'ECONNECTION'),
    text: told.response ?? told.message,
    dataSent,
  });
}
