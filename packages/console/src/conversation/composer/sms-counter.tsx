import { measureSms } from '@baton/channels/segments.ts';
import { useTexts } from '../../texts/texts.tsx';

/** What the text costs as SMS, by the rule that the server bills it with; and which characters make it dear. */
export function SmsCounter({ text, id }: { text: string; id: string }) {
  const t = useTexts();
  const { segments, left, costly } = measureSms(text);
  return (
    <span
      id={id}
      data-testid="sms-counter"
      title={costly.length > 0 ? t.composer.smsCostly(costly.slice(0, 8).join(' ')) : undefined}
      className={`min-w-0 truncate text-xs tabular-nums ${segments > 1 ? 'text-warn-text' : 'text-faint'}`}
    >
      {t.composer.sms(segments, left)}
      {costly.length > 0 && ` · ${t.composer.smsCostly(costly.slice(0, 3).join(' '))}`}
    </span>
  );
}
