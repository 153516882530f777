import type { BatonEvent } from '@baton/sdk/gen/events.ts';
import { useCallback, useState } from 'react';
import { useLiveEvents } from '../../live/live.tsx';

/** When messages came in by each channel account while this was looked at: whoever sets one up sees it work. */
export function useLastReceived(): ReadonlyMap<string, string> {
  const [latest, setLatest] = useState<ReadonlyMap<string, string>>(new Map());
  useLiveEvents(
    useCallback((events: readonly BatonEvent[]) => {
      const arrived = events.flatMap((event) =>
        event.event_type === 'message.received' ? [[event.payload.channel_account_id, event.payload.created_at] as const] : [],
      );
      if (arrived.length > 0) setLatest((before) => new Map([...before, ...arrived]));
    }, []),
  );
  return latest;
}
