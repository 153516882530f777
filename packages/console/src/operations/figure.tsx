export function Figure({ name, value, bad = false }: { name: string; value: string; bad?: boolean }) {
  return (
    <div className="rounded-lg border border-line p-4">
      <p className="text-xs text-faint">{name}</p>
      <p className={`mt-1 text-2xl leading-8 font-semibold tabular-nums ${bad ? 'text-danger-text' : ''}`}>{value}</p>
    </div>
  );
}
