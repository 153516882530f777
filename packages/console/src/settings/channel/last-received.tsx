import type { ChannelAccount } from '../../data/types.ts';
import { useTexts } from '../../texts/texts.tsx';
import { useTimes } from '../../texts/use-times.ts';
import { useNow } from '../../ui/use-now.ts';

/** `at`: what the stream has said since. The last error stands below, while nothing was sent after it. */
export function LastReceived({ account, at }: { account: ChannelAccount; at: string | undefined }) {
  const t = useTexts();
  const times = useTimes();
  const now = useNow(5000);
  const received = [account.last_received_at, at]
    .filter((one) => typeof one === 'string')
    .sort()
    .at(-1);
  const failed = account.last_error && account.last_error.at > (account.last_sent_at ?? '') ? account.last_error : undefined;
  return (
    <span className="block whitespace-nowrap" data-last-received={received ?? ''}>
      {received === undefined ? (
        <span className="text-faint">{t.settings.never}</span>
      ) : (
        <time dateTime={received} title={times.full(received)}>
          {times.ago(received, now)}
        </time>
      )}
      {failed && (
        <span className="block text-xs text-danger-text" title={times.full(failed.at)}>
          {t.settings.channel.sendFailed(failed.code)}
        </span>
      )}
    </span>
  );
}
