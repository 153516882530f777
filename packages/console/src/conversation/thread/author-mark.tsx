import { Bot, ListOrdered, Sparkles, UserRound } from 'lucide-react';
import type { Message } from '../../data/types.ts';
import { useTexts } from '../../texts/texts.tsx';

const icons = { contact: null, ai: Sparkles, human: UserRound, sequence: ListOrdered, system: Bot } as const;

export function AuthorMark({ author, name }: { author: Message['author']; name: string | null }) {
  const t = useTexts();
  const Icon = icons[author];
  if (!Icon) return null;
  const tone = author === 'ai' ? 'text-accent-text' : author === 'human' ? 'text-human-text' : 'text-soft';
  return (
    <p className={`mb-1 flex items-center gap-1 px-1 text-xs font-medium ${tone}`}>
      <Icon size={12} aria-hidden />
      {name ?? t.authors[author]}
    </p>
  );
}
