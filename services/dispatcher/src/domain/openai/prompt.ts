import type { Turn } from '@baton/contracts/gen/baton/conversation/v1/turn_service.ts';
import { fillPrompt, type PromptVariable } from '@baton/contracts/prompt.ts';

export interface Persona {
  display_name: string;
  language: string;
}

/** What stands before a turn that was not the model's own, so that it does not take another's words for its own. */
export const marks = { operator: '[human colleague]', system: '[automatic message]' } as const;

/** What the model is told before the conversation: the agent's prompt, filled, and what it must know of the people it shares the conversation with. */
export function systemText(prompt: string, at: { turn: Turn; persona: Persona; now: Date; handoffTool: boolean }): string {
  const own = fillPrompt(prompt, (name) => variableIn(name, at)).trim();
  return [own, ...rules(at.turn, at.handoffTool)].filter((part) => part !== '').join('\n\n');
}

function rules({ messages }: Turn, handoffTool: boolean): string[] {
  const told: string[] = [];
  if (messages.some(({ role }) => role === 'operator'))
    told.push(
      `Some earlier replies were written by a human colleague and begin with "${marks.operator}". Keep to what they said and promised. Never write this mark yourself.`,
    );
  if (messages.some(({ role }) => role === 'system'))
    told.push(`Replies that begin with "${marks.system}" were sent automatically. Never write this mark yourself.`);
  if (isGivenBack(messages)) told.push('A human colleague had this conversation until now and has given it back to you: you answer again.');
  if (handoffTool)
    told.push(
      `When the customer asks for a human, or you cannot help, call the tool ${handoffToolName} instead of promising to pass it on.`,
    );
  return told;
}

export const handoffToolName = 'hand_off_to_human';

/** The last word from our side was a person's, and now the model is asked. */
function isGivenBack(messages: Turn['messages']): boolean {
  return messages.findLast(({ role }) => role === 'assistant' || role === 'operator')?.role === 'operator';
}

function variableIn(name: PromptVariable, { turn, persona, now }: { turn: Turn; persona: Persona; now: Date }): string {
  const { contact } = turn;
  switch (name) {
    case 'agent.display_name':
      return persona.display_name;
    case 'agent.language':
      return persona.language;
    case 'channel':
      return turn.channel;
    case 'contact.email':
      return tame(contact?.email);
    case 'contact.name':
      return tame(contact?.name);
    case 'contact.phone':
      return tame(contact?.phone);
    case 'conversation_id':
      return turn.conversationId;
    case 'now':
      return `${now.toISOString().slice(0, 16)}Z`;
    default: {
      const attributes = contact?.attributes ?? {};
      const key = name.slice('contact.attributes.'.length);
      const value: unknown = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
      return tame(typeof value === 'object' && value !== null ? JSON.stringify(value) : value);
    }
  }
}

/** Customers choose their names: one must not read like another paragraph of instructions. */
function tame(value: unknown): string {
  if (value === undefined || value === null) return '';
  return String(value)
    .replaceAll(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 200);
}
