import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

const tones = {
  plain: 'bg-side text-soft',
  human: 'bg-human-soft text-human-text',
  ai: 'bg-accent-soft text-accent-text',
  warn: 'bg-warn-soft text-warn-text',
  danger: 'bg-danger-soft text-danger-text',
} as const;

interface Props {
  tone?: keyof typeof tones;
  icon?: LucideIcon;
  children: ReactNode;
  /** Read out when it appears. */
  live?: boolean;
}

export function Notice({ tone = 'plain', icon: Icon, children, live }: Props) {
  return (
    <div role={live ? 'status' : undefined} className={`flex items-start gap-2 rounded-md px-3 py-2 text-[13px] ${tones[tone]}`}>
      {Icon && <Icon size={15} className="mt-0.5 shrink-0" aria-hidden />}
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
