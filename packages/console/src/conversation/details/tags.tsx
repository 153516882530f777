import { X } from 'lucide-react';
import { type FormEvent, useId } from 'react';
import type { Conversation } from '../../data/types.ts';
import { useTags } from '../../data/use-directory.ts';
import { useSession } from '../../session/session.tsx';
import { useTexts } from '../../texts/texts.tsx';
import { inputLook } from '../../ui/field.tsx';
import { sayError } from '../errors.ts';
import { useModeActions } from '../use-actions.ts';

export function Tags({ conversation }: { conversation: Conversation }) {
  const t = useTexts();
  const list = useId();
  const known = useTags();
  const { role } = useSession();
  const { update } = useModeActions(conversation);
  const { tags } = conversation;
  const add = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const tag = String(new FormData(event.currentTarget).get('tag')).trim();
    event.currentTarget.reset();
    if (tag !== '' && !tags.includes(tag)) update.mutate({ tags: [...tags, tag] });
  };
  return (
    <>
      {tags.length > 0 && (
        <ul className="flex flex-wrap gap-1.5">
          {tags.map((tag) => (
            <li key={tag} className="inline-flex items-center gap-1 rounded-md bg-hover py-0.5 pr-1 pl-2 text-xs">
              {tag}
              <button
                type="button"
                aria-label={t.details.removeTag(tag)}
                disabled={role === 'viewer'}
                onClick={() => update.mutate({ tags: tags.filter((one) => one !== tag) })}
                className="rounded p-0.5 text-faint hover:text-ink"
              >
                <X size={12} aria-hidden />
              </button>
            </li>
          ))}
        </ul>
      )}
      {role !== 'viewer' && (
        <form onSubmit={add}>
          <input
            name="tag"
            list={list}
            maxLength={100}
            aria-label={t.details.addTag}
            placeholder={t.details.addTag}
            className={inputLook}
          />
          <datalist id={list}>
            {known.map((tag) => (
              <option key={tag} value={tag} />
            ))}
          </datalist>
        </form>
      )}
      {update.error && (
        <p role="alert" className="text-xs text-danger-text">
          {sayError(update.error, t)}
        </p>
      )}
    </>
  );
}
