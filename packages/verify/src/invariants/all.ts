import type { Invariant } from './invariant.ts';
import { messageInvariants } from './messages.ts';
import { modeInvariants } from './modes.ts';
import { sendInvariants } from './sends.ts';
import { turnInvariants } from './turns.ts';

/** In the rows of conversations. */
export const conversationInvariants: readonly Invariant[] = [...messageInvariants, ...modeInvariants, ...turnInvariants, ...sendInvariants];
