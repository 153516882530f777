interface Props {
  name: string;
  value: string;
  bad?: boolean;
  more?: string;
}

export function Figure({ name, value, bad = false, more }: Props) {
  return (
    <div className="rounded-lg border border-line px-4 py-3">
      <dt className="text-xs text-faint">{name}</dt>
      <dd
        className={`mt-0.5 flex flex-wrap items-baseline gap-x-2 text-2xl leading-8 font-semibold tabular-nums ${bad ? 'text-danger-text' : ''}`}
      >
        {value}
        {more !== undefined && <span className="text-xs font-normal text-faint">{more}</span>}
      </dd>
    </div>
  );
}
