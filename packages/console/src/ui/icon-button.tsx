import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';

interface Props extends ComponentProps<'button'> {
  icon: LucideIcon;
  /** What it does; also shown when pointed at. */
  label: string;
  pressed?: boolean;
}

export function IconButton({ icon: Icon, label, pressed, className = '', ...rest }: Props) {
  return (
    <button
      type="button"
      title={label}
      aria-label={label}
      aria-pressed={pressed}
      className={`inline-flex size-8 shrink-0 items-center justify-center rounded-md transition-colors hover:bg-hover hover:text-ink disabled:opacity-50 ${pressed ? 'bg-accent-soft text-accent-text' : 'text-soft'} ${className}`}
      {...rest}
    >
      <Icon size={16} aria-hidden />
    </button>
  );
}
