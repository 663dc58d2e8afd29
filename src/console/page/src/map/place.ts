// SPDX-License-Identifier: Apache-2.0
// The heights of items whose order is settled: as near as can be to what they are joined to, and
// never over each other.

import type { Item } from './layout';

const sweeps = 10;

/// Least squares under "each at least so far below the one above": pool neighbours that want to
/// pass each other, and give the pool its mean.
function settle(column: readonly Item[], wishes: readonly number[], gap: number): void {
  const pools: { sum: number; count: number }[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const [at, item] of column.entries()) {
    const above = column[at - 1];
    if (above) offset += (above.height + item.height) / 2 + gap;
    offsets.push(offset);
    pools.push({ sum: (wishes[at] as number) - offset, count: 1 });
    for (let last = pools.at(-1), over = pools.at(-2); last && over; over = pools.at(-2)) {
      if (over.sum / over.count <= last.sum / last.count) break;
      over.sum += last.sum;
      over.count += last.count;
      pools.pop();
      last = over;
    }
  }
  let at = 0;
  for (const { sum, count } of pools) {
    for (const end = at + count; at < end; at += 1) {
      (column[at] as Item).y = sum / count + (offsets[at] as number);
    }
  }
}

function mean(items: readonly Item[], otherwise: number): number {
  if (items.length === 0) return otherwise;
  return items.reduce((sum, item) => sum + item.y, 0) / items.length;
}

/// Gives every item its y; returns the height that all need.
export function assignY(columns: readonly Item[][], gap: number, margin: number): number {
  for (const column of columns) settle(column, column.map(() => 0), gap);
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const forth = sweep % 2 === 0;
    for (const column of forth ? columns : columns.slice().reverse()) {
      const wish = (item: Item): number => mean(forth ? item.before : item.after, item.y);
      settle(column, column.map(wish), gap);
    }
  }
  for (const column of columns) {
    settle(column, column.map((item) => mean([...item.before, ...item.after], item.y)), gap);
  }
  let top = Infinity;
  let bottom = -Infinity;
  for (const item of columns.flat()) {
    top = Math.min(top, item.y - item.height / 2);
    bottom = Math.max(bottom, item.y + item.height / 2);
  }
  if (top > bottom) return 2 * margin;
  for (const item of columns.flat()) item.y += margin - top;
  return bottom - top + 2 * margin;
}
