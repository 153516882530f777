import type { ReplayTurn } from '../../data/types.ts';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';

/** What went out then, by whomever, or why nothing did. */
export function Before({ before }: { before: NonNullable<ReplayTurn['before']> }) {
  const t = useTexts();
  const { comparison: r } = t.settings;
  const suggested = suggestionOf(before.suggestion);
  return (
    <>
      {before.messages.map((message) => (
        <p key={message.message_id} className="break-words whitespace-pre-wrap">
          {message.author !== 'ai' && <span className="font-medium text-human-text">{t.authors[message.author]}: </span>}
          {message.text}
        </p>
      ))}
      {suggested !== '' && <p className="break-words whitespace-pre-wrap text-soft">{suggested}</p>}
      {before.messages.length === 0 && suggested === '' && <p className="text-soft">{before.error ?? r.nothing}</p>}
      <Cost latency={before.latency_ms} tokens={before.usage} />
    </>
  );
}

export function After({ after }: { after: NonNullable<ReplayTurn['after']> }) {
  const t = useTexts();
  return (
    <>
      {after.messages.map(({ text }, index) => (
        <p key={`${index}-${text}`} className="break-words whitespace-pre-wrap">
          {text}
        </p>
      ))}
      {after.handoff !== null && (
        <p className="text-warn-text">
          {t.why.handed_off}: {after.handoff.reason}
        </p>
      )}
      {after.error !== null && <p className="break-words text-danger-text">{after.error}</p>}
      {after.result === 'silent' && <p className="text-soft">{t.why.silent}</p>}
      {after.result === 'deferred' && <p className="text-soft">{t.settings.comparison.deferred}</p>}
      <Cost latency={after.latency_ms} tokens={after.usage} />
    </>
  );
}

function Cost({ latency, tokens }: { latency: number | null; tokens: { input_tokens: number; output_tokens: number } | null }) {
  const times = useTimes();
  const { comparison: r } = useTexts().settings;
  const parts = [
    ...(latency === null ? [] : [times.duration(latency)]),
    ...(tokens === null ? [] : [r.tokensUsed(tokens.input_tokens, tokens.output_tokens)]),
  ];
  return parts.length === 0 ? null : <p className="text-xs text-faint tabular-nums">{parts.join(' · ')}</p>;
}

/** A reply that waited for a person, as the AI gave it. */
function suggestionOf(suggestion: unknown): string {
  const { messages } = (suggestion ?? {}) as { messages?: { text?: string }[] };
  return (messages ?? []).map(({ text = '' }) => text).join('\n\n');
}
