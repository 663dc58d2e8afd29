// SPDX-License-Identifier: Apache-2.0
// From the overview's series to the lines of three small charts.

import type { SeriesPoint, Stats } from './types';

/// A value for each bin, oldest first; null where there is none.
export type Line = (number | null)[];

export interface Series {
  /// When each bin begins and how long it is, in seconds.
  starts: number[];
  seconds: number;
  rate: Line;
  faults: Line;
  errors: Line;
  p50: Line;
  p99: Line;
}

/// Whole bins only: one that still fills, or is half forgotten, would look like a fall.
export function seriesOf(points: readonly SeriesPoint[], from: number, now: number): Series {
  const full = points.filter(
    ({ start, seconds }) => seconds > 0 && start >= from && start + seconds <= now);
  const share = (part: (stats: Stats) => number): Line =>
    full.map((point) => (point.requests > 0 ? part(point) : null));
  return {
    starts: full.map(({ start }) => start),
    seconds: full[0]?.seconds ?? 10,
    rate: full.map(({ requests, seconds }) => requests / seconds),
    faults: share(({ fault, requests }) => fault / requests),
    errors: share(({ error, requests }) => error / requests),
    p50: share(({ p50 }) => p50),
    p99: share(({ p99 }) => p99),
  };
}

/// The end of an axis: 1, 2 or 5 times a power of ten, at or above the value, so that it changes
/// seldom and reads well.
export function niceCeiling(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const step = [1, 2, 5, 10].find((one) => one * power >= value * (1 - 1e-9)) ?? 10;
  return Number((step * power).toPrecision(3));
}

export function highest(line: Line): number {
  return line.reduce<number>((most, value) => Math.max(most, value ?? 0), 0);
}

/// An SVG path through the values in a box of one unit a bin and `height`; a gap where there is no
/// value, a dot where one stands alone.
export function linePath(line: Line, top: number, height: number): string {
  let path = '';
  let open = false;
  for (const [at, value] of line.entries()) {
    if (value === null) {
      open = false;
      continue;
    }
    const y = (height - (Math.min(value, top) / top) * height).toFixed(2);
    path += `${open ? 'L' : 'M'}${at + 0.5} ${y}`;
    if (!open && (line[at + 1] ?? null) === null) path += `h0.01`;
    open = true;
  }
  return path;
}
