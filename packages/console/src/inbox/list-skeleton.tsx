import { useTexts } from '../texts/texts.tsx';

const rows = ['a', 'b', 'c', 'd', 'e', 'f'];

/** The shape of the list, before it is there. */
export function ListSkeleton() {
  const t = useTexts();
  return (
    <div role="status" aria-label={t.app.loading} className="flex-1 overflow-hidden">
      {rows.map((row) => (
        <div key={row} className="flex h-[84px] animate-pulse gap-3 px-4 py-3">
          <div className="size-8 rounded-full bg-hover" />
          <div className="flex flex-1 flex-col gap-2 pt-1">
            <div className="h-3 w-2/5 rounded bg-hover" />
            <div className="h-3 w-4/5 rounded bg-hover" />
            <div className="h-3 w-1/4 rounded bg-hover" />
          </div>
        </div>
      ))}
    </div>
  );
}
