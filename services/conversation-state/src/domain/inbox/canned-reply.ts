import type { FieldFault } from '../directory/directory-rules.ts';
import { maxTags, normalTags } from './tags.ts';

/** What people who answer have ready. */
export interface CannedReplyFields {
  shortcut: string;
  title: string;
  text: string;
  language: string | null;
  tags: string[];
}

/** As it is typed after a slash: lower case, so that nobody has to remember how it was written. */
export const normalShortcut = (text: string) => text.normalize('NFC').toLowerCase();

/** What is wrong with one whose shortcut is in its one spelling; empty when it can be stored. */
export function cannedReplyFaults(r: CannedReplyFields): FieldFault[] {
  const faults: FieldFault[] = [];
  const need = (fine: boolean, path: string, message: string) => {
    if (!fine) faults.push({ path, message });
  };
  need(/^[\p{L}\p{N}][\p{L}\p{M}\p{N}_.-]{0,49}$/u.test(r.shortcut), '/shortcut', 'must have 1 to 50 letters, digits, _, . or -');
  need(r.title.trim() !== '' && r.title.length <= 200, '/title', 'must have 1 to 200 characters');
  need(r.text.trim() !== '' && r.text.length <= 65_536, '/text', 'must have 1 to 65536 characters');
  need(
    r.language === null || /^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(r.language),
    '/language',
    'must be null or a language tag such as en or pt-BR',
  );
  need(r.tags.length <= maxTags && normalTags(r.tags) !== undefined, '/tags', `must be at most ${maxTags} of 1 to 100 characters`);
  return faults;
}
