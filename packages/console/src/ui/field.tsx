import { type ReactNode, useId } from 'react';

export const inputLook =
  'w-full rounded-md border border-line-strong bg-ground px-2.5 py-1.5 text-[13px] text-ink placeholder:text-faint focus:border-accent focus:outline-none focus:ring-2 focus:ring-accent/25';

interface Props {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  children: (given: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': boolean }) => ReactNode;
}

export function Field({ label, hint, error, children }: Props) {
  const id = useId();
  const said = error ?? hint;
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-[13px] font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': said === undefined ? undefined : `${id}-hint`, 'aria-invalid': error !== undefined })}
      {said !== undefined && (
        <p id={`${id}-hint`} className={`text-xs ${error === undefined ? 'text-faint' : 'text-danger-text'}`}>
          {said}
        </p>
      )}
    </div>
  );
}
