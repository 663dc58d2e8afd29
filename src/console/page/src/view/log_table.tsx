// SPDX-License-Identifier: Apache-2.0
// The answer to an Insights query: a table that sorts, of which only the rows in sight exist.

import { useMemo, useRef, useState } from 'preact/hooks';
import { formatCount, visible } from '../format';
import { RowLayout } from '../logs/layout';
import { isNumeric, nextSorting, sortRows, type Sorting } from '../logs/table';
import type { LogTable } from '../types';
import { Icon } from './icons';
import { DataText } from './redacted';
import { useRows } from './use_rows';

/// Height of a row in logs.css.
const rowHeight = 32;

/// Pointers into the log are for programs.
const isShown = (column: string): boolean => column !== '@ptr';

interface HeadingProps {
  name: string;
  order: 'ascending' | 'descending' | 'none';
  numeric: boolean;
  press: () => void;
}

function Heading({ name, order, numeric, press }: HeadingProps) {
  return (
    <th scope="col" aria-sort={order} class={numeric ? 'is-number' : ''}>
      <button type="button" class="quiet" onClick={press}>
        <bdi>{visible(name)}</bdi>
        {order !== 'none' && <Icon name={order === 'ascending' ? 'up' : 'down'} />}
      </button>
    </th>
  );
}

/// Stands for the rows that do not exist.
function Gap({ height, columns }: { height: number; columns: number }) {
  if (height <= 0) return null;
  return (
    <tr aria-hidden="true" style={{ height: `${height}px` }}>
      <td colSpan={columns} />
    </tr>
  );
}

export function LogTableView({ table }: { table: LogTable }) {
  const scroller = useRef<HTMLDivElement>(null);
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const { columns, rows, matched, scanned } = table;
  const shown = columns.map((name, at) => ({ name, at })).filter(({ name }) => isShown(name));
  const sorted = useMemo(() => sortRows(rows, sorting), [rows, sorting]);
  const numeric = useMemo(() => columns.map((_, at) => isNumeric(rows, at)), [rows, columns]);
  const layout = useMemo(() => new RowLayout(rows.length, rowHeight), [rows]);
  const { first, last } = useRows(scroller, layout);
  const orderOf = (column: number): 'ascending' | 'descending' | 'none' => {
    if (sorting?.column !== column) return 'none';
    return sorting.descending ? 'descending' : 'ascending';
  };
  return (
    <>
      <p class="table-words aside" role="status">
        <span class="mono">{formatCount(rows.length)}</span>{' '}
        {rows.length === 1 ? 'row' : 'rows'} of{' '}
        <span class="mono">{formatCount(matched)}</span> lines that matched, of{' '}
        <span class="mono">{formatCount(scanned)}</span> read
      </p>
      <div ref={scroller} class="table-scroller" tabIndex={0} role="group" aria-label="Answer">
        <table class="log-table" aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              {shown.map(({ name, at }) => (
                <Heading
                  key={at}
                  name={name}
                  order={orderOf(at)}
                  numeric={numeric[at] ?? false}
                  press={() => setSorting(nextSorting(sorting, at))}
                />
              ))}
            </tr>
          </thead>
          <tbody>
            <Gap height={layout.topOf(first)} columns={shown.length} />
            {sorted.slice(first, last).map((row, index) => (
              <tr key={first + index} aria-rowindex={first + index + 2}>
                {shown.map(({ at }) => {
                  const text = row[at] ?? '';
                  return (
                    <td key={at} class={numeric[at] ? 'is-number' : ''} title={visible(text)}>
                      <bdi>
                        <DataText text={text} />
                      </bdi>
                    </td>
                  );
                })}
              </tr>
            ))}
            <Gap height={layout.height - layout.topOf(last)} columns={shown.length} />
          </tbody>
        </table>
      </div>
    </>
  );
}
