// SPDX-License-Identifier: Apache-2.0
// The answer to an Insights query: a table that sorts, of which only the rows in sight exist.

import type { RefObject } from 'preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { formatCount, shortened, visible } from '../format';
import { useKeys } from '../keys';
import { RowLayout } from '../logs/layout';
import { parsedObject } from '../logs/lines';
import { isNumeric, nextSorting, sortRows, type Sorting } from '../logs/table';
import type { LogTable } from '../types';
import { Icon } from './icons';
import { JsonTree } from './json_tree';
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

/// All of one row, however long its cells are.
function RowPanel({ columns, row, close }: { columns: readonly string[]; row: readonly string[];
  close: () => void }) {
  return (
    <aside class="row-panel" aria-label="Row">
      <button type="button" class="quiet" aria-label="Close row" onClick={close}>
        <Icon name="close" />
      </button>
      <div class="row-values" tabIndex={0} role="group" aria-label="Values">
        <dl class="pairs">
          {columns.map((name, at) => {
            const text = row[at] ?? '';
            const object = parsedObject(text);
            return isShown(name) && (
              <div key={at}>
                <dt>
                  <bdi>{visible(name)}</bdi>
                </dt>
                <dd>
                  {object ? <JsonTree value={object} unfold /> : (
                    <bdi>
                      <DataText text={text} />
                    </bdi>
                  )}
                </dd>
              </div>
            );
          })}
        </dl>
      </div>
    </aside>
  );
}

/// The row that is looked at: a press picks it, and keys move on from there.
function usePicked(scroller: RefObject<HTMLElement | null>, layout: RowLayout) {
  const [picked, setPicked] = useState(-1);
  const move = (by: number): void => {
    const to = Math.min(layout.count - 1, Math.max(0, picked < 0 ? 0 : picked + by));
    setPicked(to);
    const element = scroller.current;
    if (!element) return;
    // The heading stands over the first row's height.
    const [top, below] = [layout.topOf(to), layout.topOf(to + 2) - element.clientHeight];
    element.scrollTop = Math.max(Math.min(element.scrollTop, top), below);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Escape: () => setPicked(-1),
  });
  return [picked, setPicked] as const;
}

export function LogTableView({ table }: { table: LogTable }) {
  const scroller = useRef<HTMLDivElement>(null);
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const { columns, rows, matched, scanned, more } = table;
  const shown = columns.map((name, at) => ({ name, at })).filter(({ name }) => isShown(name));
  const sorted = useMemo(() => sortRows(rows, sorting), [rows, sorting]);
  const numeric = useMemo(() => columns.map((_, at) => isNumeric(rows, at)), [rows, columns]);
  const layout = useMemo(() => new RowLayout(rows.length, rowHeight), [rows]);
  const { first, last } = useRows(scroller, layout);
  const [picked, setPicked] = usePicked(scroller, layout);
  const chosen = sorted[picked];
  const orderOf = (column: number): 'ascending' | 'descending' | 'none' => {
    if (sorting?.column !== column) return 'none';
    return sorting.descending ? 'descending' : 'ascending';
  };
  return (
    <>
      <p class="table-words aside" role="status">
        <span class="mono">{formatCount(rows.length)}</span>{' '}
        {rows.length === 1 ? 'row' : 'rows'}
        {more && ' (there are more: a limit or a filter narrows)'} of{' '}
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
              <tr
                key={first + index}
                aria-rowindex={first + index + 2}
                class={first + index === picked ? 'is-selected' : ''}
                onClick={() => setPicked(first + index)}
              >
                {shown.map(({ at }) => {
                  const text = shortened(row[at] ?? '');
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
      {chosen && <RowPanel columns={columns} row={chosen} close={() => setPicked(-1)} />}
    </>
  );
}
