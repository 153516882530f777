import type { ReactNode } from 'react';

export interface Column<R> {
  title: string;
  cell: (row: R) => ReactNode;
  /** Left out where there is no room for it. */
  wideOnly?: boolean;
}

interface Props<R> {
  label: string;
  rows: readonly R[];
  columns: readonly Column<R>[];
  idOf: (row: R) => string;
  empty: string;
}

/** On a phone each row is a card, whose lines begin with the column's name. */
const narrow =
  'max-md:grid max-md:grid-cols-[6.5rem_minmax(0,1fr)] max-md:items-center max-md:gap-2 max-md:py-1 max-md:before:text-xs max-md:before:text-faint max-md:before:content-[attr(data-title)]';

export function Table<R>({ label, rows, columns, idOf, empty }: Props<R>) {
  if (rows.length === 0) return <p className="rounded-lg border border-dashed border-line-strong p-8 text-center text-soft">{empty}</p>;
  const hidden = (column: Column<R>) => (column.wideOnly ? 'max-md:hidden' : '');
  return (
    // It may be wider than a phone, and must be reachable by keyboard then.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus.
    <section aria-label={label} tabIndex={0} className="overflow-x-auto rounded-lg border border-line">
      <table className="w-full text-left text-[13px]">
        <thead className="bg-side text-xs text-faint max-md:sr-only">
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" className={`px-3 py-2 font-medium whitespace-nowrap ${hidden(column)}`}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={idOf(row)} className="border-t border-line max-md:flex max-md:flex-col max-md:py-2 max-md:first:border-t-0">
              {columns.map((column) => (
                <td key={column.title} data-title={column.title} className={`px-3 py-2.5 align-middle ${narrow} ${hidden(column)}`}>
                  <div className="min-w-0 max-md:[overflow-wrap:anywhere]">{column.cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
