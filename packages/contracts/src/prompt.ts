/** Variables of a system prompt, `{{contact.name}}`; besides these `{{contact.attributes.<name>}}`. */
export const promptVariables = [
  'agent.display_name',
  'agent.language',
  'channel',
  'contact.email',
  'contact.name',
  'contact.phone',
  'conversation_id',
  'now',
] as const;

export type PromptVariable = (typeof promptVariables)[number] | `contact.attributes.${string}`;

const placeholder = /\{\{([^{}]*)\}\}/g;

/** The names in double braces that mean nothing, as they stand there. */
export function unknownVariables(prompt: string): string[] {
  return [...prompt.matchAll(placeholder)].map(([, name = '']) => name.trim()).filter((name) => !isVariable(name));
}

/** Puts what `value` knows in the place of each variable. */
export function fillPrompt(prompt: string, value: (name: PromptVariable) => string): string {
  return prompt.replace(placeholder, (all, name: string) => (isVariable(name.trim()) ? value(name.trim() as PromptVariable) : all));
}

function isVariable(name: string): boolean {
  return promptVariables.some((known) => known === name) || /^contact\.attributes\.[\w-]{1,100}$/.test(name);
}
