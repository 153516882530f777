import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  label: string;
  side: 'left' | 'right';
  children: ReactNode;
}

/** A panel that slides over the page where there is no room beside it. */
export function Sheet({ open, onOpenChange, label, side, children }: Props) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Radix.Content
          aria-describedby={undefined}
          className={`fixed inset-y-0 z-50 flex w-[320px] max-w-[88vw] flex-col bg-ground shadow-pop ${side === 'left' ? 'left-0 border-r' : 'right-0 border-l'} border-line`}
        >
          <Radix.Title className="sr-only">{label}</Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
