import type { BatonEvent } from '@baton/sdk/gen/events.ts';
import type { Api } from '../session/client.ts';

export type LinkState = 'connecting' | 'live' | 'lost' | 'refused';

export interface LiveOptions {
  api: Api;
  signal: AbortSignal;
  /** What happened since the call before, in order; once a frame of the screen at most. */
  onEvents(events: BatonEvent[]): void;
  /** What is known may be out of date: the stream began, or could not go on where it was. */
  onGap(): void;
  onState(state: LinkState): void;
}

/** The one connection of a tab: follows all events of the workspace for as long as the signal lets it. The SDK resumes it after the last frame. */
export async function followWorkspace(o: LiveOptions): Promise<void> {
  let waiting: BatonEvent[] = [];
  let begun = false;
  const flush = () => {
    const events = waiting;
    waiting = [];
    if (events.length > 0 && !o.signal.aborted) o.onEvents(events);
  };
  o.onState('connecting');
  try {
    const frames = o.api.stream({
      signal: o.signal,
      // Somebody sits before it and waits.
      longestPauseMs: 5000,
      onConnect: () => {
        o.onState('live');
        // What was asked for before the stream stood may have changed in between.
        if (!begun) o.onGap();
        begun = true;
      },
      onReconnect: () => o.onState('lost'),
    });
    for await (const { event } of frames) {
      if (event.event_type === 'stream.gap') o.onGap();
      else if (waiting.push(event) === 1) soon(flush);
    }
  } catch {
    // The SDK comes back from everything but a refusal: the session has ended.
    o.onState('refused');
  }
}

/** A hidden tab gets no frames of the screen, and must not gather events meanwhile. */
function soon(work: () => void): void {
  if (document.visibilityState === 'visible') requestAnimationFrame(work);
  else setTimeout(work, 250);
}
