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

export function Table<R>({ label, rows, columns, idOf, empty }: Props<R>) {
  if (rows.length === 0) return <p className="rounded-lg border border-dashed border-line-strong p-8 text-center text-soft">{empty}</p>;
  const hidden = (column: Column<R>) => (column.wideOnly ? 'max-md:hidden' : '');
  return (
    // It may be wider than a phone, and must be reachable by keyboard then.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls takes the focus.
    <section aria-label={label} tabIndex={0} className="overflow-x-auto rounded-lg border border-line">
      <table className="w-full text-left text-[13px]">
        <thead className="bg-side text-xs text-faint">
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
            <tr key={idOf(row)} className="border-t border-line">
              {columns.map((column) => (
                <td key={column.title} className={`px-3 py-2.5 align-middle ${hidden(column)}`}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
