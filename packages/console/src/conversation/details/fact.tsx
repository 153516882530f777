export function Fact({ name, value }: { name: string; value: string }) {
  return (
    <p className="flex gap-2 text-[13px]">
      <span className="w-24 shrink-0 text-soft">{name}</span>
      <span className="min-w-0 flex-1 break-words">{value}</span>
    </p>
  );
}
