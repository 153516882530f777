import { windowOf } from '@baton/channels/window.ts';
import type { Conversation } from '../data/types.ts';
import type { Session } from '../session/session.tsx';
import type { Texts } from '../texts/en.ts';

/** Why something cannot be done; a key of the catalogue. */
export type Reason = keyof Texts['refusals'];

type Facts = Pick<Conversation, 'ai_mode' | 'opt_out' | 'channel' | 'window_expires_at'>;
type Role = Session['role'];

const hourMs = 60 * 60 * 1000;

/**
 * What may be done with a conversation: `true`, or why not. The server decides; this only spares people a refusal they could have been told of. Each mirrors
 * a rule of conversation-state, named beside it.
 */
export const conversationCan = {
  /** `changeMode` (services/conversation-state/src/domain/change-mode.ts), `scopesOfRole` (services/gateway/src/domain/role.ts). */
  takeOver(c: Facts, role: Role): true | Reason {
    if (role === 'viewer') return 'viewer';
    if (c.ai_mode === 'closed') return 'closed';
    return c.ai_mode === 'human' ? 'alreadyHuman' : true;
  },
  /** `resumeAi` (domain/update-conversation.ts). */
  giveBack(c: Facts, role: Role): true | Reason {
    if (role === 'viewer') return 'viewer';
    if (c.ai_mode === 'closed') return 'closed';
    return c.ai_mode === 'ai' ? 'alreadyAi' : true;
  },
  /** `changeMode`: closed is terminal. */
  close(c: Facts, role: Role): true | Reason {
    if (role === 'viewer') return 'viewer';
    return c.ai_mode === 'closed' ? 'closed' : true;
  },
  /** `whyNotSend` (domain/refusals.ts). */
  write(c: Facts, role: Role, now: Date): true | Reason {
    if (role === 'viewer') return 'viewer';
    if (c.ai_mode === 'closed') return 'closed';
    if (c.opt_out) return 'optedOut';
    return windowLeftMs(c, now) === 0 ? 'windowClosed' : true;
  },
  /** A template passes outside the window; opted-out customers get none (`whyNotSend`). */
  sendTemplate(c: Facts, role: Role): true | Reason {
    if (role === 'viewer') return 'viewer';
    return c.opt_out ? 'optedOut' : true;
  },
};

/** How long a person may still write free text; undefined: the channel has no such window. As `canSendFreeForm` (domain/channel/window.ts) reckons. */
export function windowLeftMs(c: Facts, now: Date): number | undefined {
  const window = windowOf(c.channel);
  if (window === null) return undefined;
  // The customer has never written: only a template begins the conversation.
  if (c.window_expires_at === null) return 0;
  // Meta lets people, though no program, answer for seven days on Messenger and Instagram.
  const more = (window.humanHours - window.hours) * hourMs;
  return Math.max(0, Date.parse(c.window_expires_at) + more - now.getTime());
}
