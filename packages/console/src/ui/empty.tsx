import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

interface Props {
  icon: LucideIcon;
  title: string;
  hint?: string | undefined;
  children?: ReactNode;
}

/** Instead of content: what is missing, and what helps. */
export function Empty({ icon: Icon, title, hint, children }: Props) {
  return (
    <div className="flex h-full flex-col items-center justify-center gap-1 p-8 text-center">
      <Icon size={24} className="mb-2 text-faint" aria-hidden />
      <p className="font-medium">{title}</p>
      {hint !== undefined && <p className="max-w-72 text-soft">{hint}</p>}
      {children !== undefined && <div className="mt-3">{children}</div>}
    </div>
  );
}
