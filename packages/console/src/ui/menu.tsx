import { Check } from 'lucide-react';
import { DropdownMenu as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

interface Props {
  trigger: ReactNode;
  align?: 'start' | 'end';
  children: ReactNode;
}

export function Menu({ trigger, align = 'end', children }: Props) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className="z-50 max-h-[70vh] min-w-44 overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-pop"
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 pt-2 pb-1 text-xs font-medium text-faint">{children}</Radix.Label>;
}

export function MenuLine() {
  return <Radix.Separator className="my-1 h-px bg-line" />;
}

interface ItemProps {
  onSelect: () => void;
  children: ReactNode;
  /** Set where one of several is chosen. */
  checked?: boolean;
  disabled?: boolean;
}

const itemLook =
  'flex h-8 cursor-default items-center gap-2 rounded-md px-2 text-[13px] outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-hover';

export function MenuItem({ onSelect, children, checked, disabled = false }: ItemProps) {
  if (checked === undefined)
    return (
      <Radix.Item className={itemLook} onSelect={onSelect} disabled={disabled}>
        {children}
      </Radix.Item>
    );
  return (
    <Radix.CheckboxItem className={itemLook} checked={checked} onSelect={onSelect} disabled={disabled}>
      <span className="flex w-4 justify-center">{checked && <Check size={14} aria-hidden />}</span>
      {children}
    </Radix.CheckboxItem>
  );
}
