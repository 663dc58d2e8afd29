// SPDX-License-Identifier: Apache-2.0
// The order of items within their columns, so that few lines cross: each item goes to the mean
// place of what it is joined to, sweeping to and fro; the best order seen is kept.

import type { Item } from './layout';

const sweeps = 8;

/// Crossings of the lines between a column and the next: pairs that are in order on one side and
/// not on the other, counted by a Fenwick tree.
function crossings(column: readonly Item[], size: number): number {
  const tree = new Array<number>(size + 1).fill(0);
  let seen = 0;
  let found = 0;
  for (const item of column) {
    const ends = item.after.map((next) => next.position);
    for (const end of ends) {
      let notAfter = 0;
      for (let at = end + 1; at > 0; at -= at & -at) notAfter += tree[at] as number;
      found += seen - notAfter;
    }
    for (const end of ends) {
      for (let at = end + 1; at <= size; at += at & -at) (tree[at] as number)++;
    }
    seen += ends.length;
  }
  return found;
}

function allCrossings(columns: readonly Item[][]): number {
  return columns.reduce(
    (sum, column, at) => sum + crossings(column, columns[at + 1]?.length ?? 0), 0);
}

function number(column: readonly Item[]): void {
  for (const [position, item] of column.entries()) item.position = position;
}

/// Array.sort is stable, so equals keep their order and the same map its picture.
function sortBy(column: Item[], side: 'before' | 'after'): void {
  const wish = new Map<Item, number>();
  for (const item of column) {
    const joined = item[side];
    const sum = joined.reduce((total, other) => total + other.position, 0);
    wish.set(item, joined.length === 0 ? item.position : sum / joined.length);
  }
  column.sort((a, b) => (wish.get(a) as number) - (wish.get(b) as number));
  number(column);
}

export function orderColumns(columns: Item[][]): void {
  columns.forEach(number);
  let best = columns.map((column) => column.slice());
  let least = allCrossings(columns);
  for (let sweep = 0; sweep < sweeps && least > 0; sweep += 1) {
    if (sweep % 2 === 0) for (const column of columns) sortBy(column, 'before');
    else for (const column of columns.slice().reverse()) sortBy(column, 'after');
    const count = allCrossings(columns);
    if (count >= least) continue;
    least = count;
    best = columns.map((column) => column.slice());
  }
  best.forEach((column, at) => {
    columns[at] = column;
    number(column);
  });
}
