// SPDX-License-Identifier: Apache-2.0
// The histogram of an edge in a few bins that each grow by the same factor: durations spread over
// orders of magnitude.

export interface Bin {
  /// Seconds, from included.
  from: number;
  to: number;
  count: number;
}

const mostBins = 24;
/// The console tells the middles of bars that each reach four steps of 4 % further. Our bins are
/// whole numbers of those bars, or some would look empty that are not.
const barWidth = 4 * Math.log(1.04);

/// Bins from the shortest to the longest call.
export function binsOf(histogram: readonly (readonly [number, number])[]): Bin[] {
  const points = histogram.filter(
    ([seconds, count]) => Number.isFinite(seconds) && seconds >= 0 && count > 0);
  if (points.length === 0) return [];
  const logs = points.map(([seconds]) => Math.log(Math.max(seconds, 1e-6)));
  const low = Math.min(...logs) - barWidth / 2;
  const bars = Math.round((Math.max(...logs) - Math.min(...logs)) / barWidth) + 1;
  const step = Math.ceil(bars / mostBins) * barWidth;
  const bins = Array.from({ length: Math.ceil((bars * barWidth) / step - 1e-9) }, (_, at): Bin => ({
    from: Math.exp(low + at * step),
    to: Math.exp(low + (at + 1) * step),
    count: 0,
  }));
  points.forEach(([, calls], at) => {
    const place = Math.floor(((logs[at] as number) - low) / step);
    (bins[Math.min(bins.length - 1, place)] as Bin).count += calls;
  });
  return bins;
}
