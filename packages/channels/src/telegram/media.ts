import type { Account, MediaRequest, MediaSource } from '../provider.ts';
import { answerBody } from '../wire/answer-body.ts';
import { credential } from '../wire/headers.ts';
import { asObject, asText } from '../wire/json.ts';

const origin = 'https://api.telegram.org';

/** A file's id as a URL that holds no secret: the bot's token is put in only where the file is fetched. */
export function fileReference(fileId: string): string {
  return `${origin}/getFile?file_id=${encodeURIComponent(fileId)}`;
}

/** Where requests for this bot go, or undefined without a token. */
export function botUrl(account: Account, path: 'bot' | 'file/bot'): string | undefined {
  const token = credential(account.credentials, 'bot_token');
  if (token === undefined) return undefined;
  const base = credential(account.credentials, 'api_base') ?? origin;
  return `${base.replace(/\/$/, '')}/${path}${token}`;
}

/** Bytes of a file are had in two steps: getFile names a path that holds for an hour. Up to 20 MB. */
export function telegramMedia(url: string, account: Account): MediaSource | undefined {
  if (!url.startsWith(`${origin}/getFile?file_id=`)) return undefined;
  const [lookup, files] = [botUrl(account, 'bot'), botUrl(account, 'file/bot')];
  if (lookup === undefined || files === undefined) return undefined;
  const found = (answer: string): MediaRequest | undefined => {
    const path = asText(asObject(answerBody(answer)['result'])?.['file_path']);
    // A path of its own making would leave the bot's folder.
    return /^\w[\w./-]*$/.test(path) && !path.includes('..') ? { url: `${files}/${path}`, headers: {} } : undefined;
  };
  return { kind: 'lookup', request: { url: `${lookup}/getFile?${url.split('?', 2)[1]}`, headers: {} }, found };
}
