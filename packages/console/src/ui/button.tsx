import type { ComponentProps } from 'react';

const looks = {
  primary: 'bg-accent text-accent-ink hover:bg-accent-hover',
  human: 'bg-human text-white hover:brightness-110',
  plain: 'border border-line-strong bg-raised text-ink hover:bg-hover',
  quiet: 'text-soft hover:bg-hover hover:text-ink',
  danger: 'bg-danger text-white hover:brightness-110',
} as const;

export type ButtonLook = keyof typeof looks;

interface Props extends ComponentProps<'button'> {
  look?: ButtonLook;
  size?: 'small' | 'normal';
}

export function Button({ look = 'plain', size = 'normal', className = '', type = 'button', ...rest }: Props) {
  const measure = size === 'small' ? 'h-7 px-2 text-xs gap-1' : 'h-8 px-3 text-[13px] gap-1.5';
  return (
    <button
      type={type}
      className={`inline-flex shrink-0 items-center justify-center rounded-md font-medium whitespace-nowrap transition-colors disabled:cursor-not-allowed disabled:opacity-50 ${measure} ${looks[look]} ${className}`}
      {...rest}
    />
  );
}
