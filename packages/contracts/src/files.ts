/** The object store in NATS for files that came as bytes (those of mails), and their names there. Ingest writes it, an erasure deletes from it. */
export const filesBucket = 'files';

export function fileName(channelAccountId: string, fileId: string): string {
  return `${channelAccountId}/${fileId}`;
}

const path = /\/files\/(chn_[0-9a-z]{20,40})\/([A-Za-z0-9_-]{43})$/;

/** The file behind an attachment's URL, if it is one of these. */
export function fileOfUrl(url: string): string | undefined {
  const match = path.exec(url);
  return match ? fileName(match[1]!, match[2]!) : undefined;
}
