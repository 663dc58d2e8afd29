// SPDX-License-Identifier: Apache-2.0
// Where the rows of a list stand of which a few are unfolded: all have one height, and those few
// have more below.

export class RowLayout {
  /// Of all rows together.
  readonly height: number;

  /// extras: [row, height below it], ordered by row.
  constructor(
    readonly count: number,
    readonly rowHeight: number,
    private readonly extras: readonly (readonly [number, number])[] = [],
  ) {
    this.height = count * rowHeight + extras.reduce((sum, [, height]) => sum + height, 0);
  }

  topOf(row: number): number {
    let top = row * this.rowHeight;
    for (const [unfolded, height] of this.extras) {
      if (unfolded >= row) break;
      top += height;
    }
    return top;
  }

  /// The row at a distance from the top; the nearest one beyond both ends.
  rowAt(y: number): number {
    let above = 0;
    for (const [unfolded, height] of this.extras) {
      const bottom = (unfolded + 1) * this.rowHeight + above;
      if (y < bottom) break;
      if (y < bottom + height) return unfolded;
      above += height;
    }
    const row = Math.floor((y - above) / this.rowHeight);
    return Math.min(Math.max(0, row), Math.max(0, this.count - 1));
  }
}

export interface RowRange {
  first: number;
  /// One past the last row.
  last: number;
}

/// The rows to draw: those in sight, and half a screen around. In steps, so that most scroll
/// events change nothing.
export function rowsInSight(layout: RowLayout, top: number, height: number): RowRange {
  if (layout.count === 0) return { first: 0, last: 0 };
  const step = 8;
  const first = Math.floor(layout.rowAt(top - height / 2) / step) * step;
  const last = (Math.floor(layout.rowAt(top + height * 1.5) / step) + 1) * step;
  return { first: Math.max(0, first), last: Math.min(layout.count, last) };
}
