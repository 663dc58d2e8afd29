// SPDX-License-Identifier: Apache-2.0
// The answer to an Insights query, sorted by a column.

export interface Sorting {
  column: number;
  descending: boolean;
}

const isNumber = (text: string): boolean => text.trim() !== '' && Number.isFinite(Number(text));

/// True where every cell that has a value is a number: such a column stands to the right.
export function isNumeric(rows: readonly string[][], column: number): boolean {
  const cells = rows.map((row) => row[column] ?? '').filter((cell) => cell !== '');
  return cells.length > 0 && cells.every(isNumber);
}

/// Numbers by value, other text by its characters; rows without a value last, either way. Equal
/// rows keep the order in which they were answered.
export function sortRows(rows: readonly string[][], sorting: Sorting | null): string[][] {
  if (!sorting) return rows.slice();
  const { column, descending } = sorting;
  const numeric = isNumeric(rows, column);
  const sign = descending ? -1 : 1;
  return rows.slice().sort((left, right) => {
    const [a, b] = [left[column] ?? '', right[column] ?? ''];
    if (a === '' || b === '') return (a === '' ? 1 : 0) - (b === '' ? 1 : 0);
    if (numeric) return sign * (Number(a) - Number(b));
    return sign * (a < b ? -1 : a > b ? 1 : 0);
  });
}

/// A press on a heading: first the one order, then the other, then as answered.
export function nextSorting(sorting: Sorting | null, column: number): Sorting | null {
  if (sorting?.column !== column) return { column, descending: false };
  return sorting.descending ? null : { column, descending: true };
}
