import { useId } from 'react';
import { Field, inputLook } from '../ui/field.tsx';

interface Named {
  label: string;
  name: string;
  hint?: string;
  required?: boolean;
}

interface TextProps extends Named {
  value?: string;
  type?: 'text' | 'url' | 'email';
  placeholder?: string;
  /** Not shown while it is typed, and kept out of the browser's memory. */
  secret?: boolean;
}

export function TextField({ label, hint, name, required = false, value = '', type = 'text', placeholder, secret = false }: TextProps) {
  return (
    <Field label={label} hint={hint}>
      {(given) => (
        <input
          {...given}
          name={name}
          type={secret ? 'password' : type}
          autoComplete={secret ? 'new-password' : 'off'}
          defaultValue={value}
          placeholder={placeholder}
          required={required}
          className={inputLook}
        />
      )}
    </Field>
  );
}

interface LongProps extends Named {
  value?: string;
  rows: number;
  maxLength?: number;
}

export function LongText({ label, hint, name, required = false, value = '', rows, maxLength }: LongProps) {
  return (
    <Field label={label} hint={hint}>
      {(given) => (
        <textarea {...given} name={name} rows={rows} maxLength={maxLength} required={required} defaultValue={value} className={inputLook} />
      )}
    </Field>
  );
}

interface NumberProps extends Named {
  value: number | null;
  min: number;
  max: number;
  step?: number;
}

export function NumberField({ label, hint, name, value, min, max, step = 1 }: NumberProps) {
  return (
    <Field label={label} hint={hint}>
      {(given) => (
        <input {...given} name={name} type="number" min={min} max={max} step={step} defaultValue={value ?? ''} className={inputLook} />
      )}
    </Field>
  );
}

interface ChoiceProps extends Named {
  options: readonly (readonly [value: string, label: string])[];
  /** With `onChange` what is chosen, else what is chosen at first. */
  value: string;
  onChange?: (value: string) => void;
}

export function Choice({ label, hint, name, options, value, onChange, required = false }: ChoiceProps) {
  const held = onChange
    ? { value, onChange: (event: { target: { value: string } }) => onChange(event.target.value) }
    : { defaultValue: value };
  return (
    <Field label={label} hint={hint}>
      {(given) => (
        <select {...given} name={name} required={required} className={inputLook} {...held}>
          {options.map(([one, shown]) => (
            <option key={one} value={one}>
              {shown}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function Switch({ label, name, on }: { label: string; name: string; on: boolean }) {
  const id = useId();
  return (
    <span className="flex items-center gap-2">
      <input id={id} type="checkbox" name={name} defaultChecked={on} className="size-4 accent-[var(--accent)]" />
      <label htmlFor={id}>{label}</label>
    </span>
  );
}
