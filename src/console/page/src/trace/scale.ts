// SPDX-License-Identifier: Apache-2.0
// The stretch of time on screen, and where a moment lies in it.

export interface View {
  start: number;
  end: number;
}

/// Below this the numbers have no digits left: doubles hold an epoch second to a quarter of 1 µs.
const shortestView = 2e-6;

export function fullView(start: number, end: number): View {
  return { start, end: Math.max(end, start + shortestView) };
}

/// Fraction of the view, 0 at its start and 1 at its end; outside for what is out of sight.
export function fractionAt(view: View, time: number): number {
  return (time - view.start) / (view.end - view.start);
}

/// A view inside `full`, never shorter than the clock can tell.
export function clampView(view: View, full: View): View {
  const span = Math.min(Math.max(view.end - view.start, shortestView), full.end - full.start);
  const start = Math.min(Math.max(view.start, full.start), full.end - span);
  return { start, end: start + span };
}

/// Zooms around `centre`; factor below 1 shows less time.
export function zoomView(view: View, full: View, factor: number, centre: number): View {
  const span = (view.end - view.start) * factor;
  const share = Math.min(1, Math.max(0, fractionAt(view, centre)));
  return clampView({ start: centre - span * share, end: centre + span * (1 - share) }, full);
}

/// Round offsets from `origin` inside the view, at most `most` of them.
export function ticks(view: View, origin: number, most: number): number[] {
  const span = view.end - view.start;
  const rough = span / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((by) => by * power).find((by) => by >= rough) ?? rough;
  const offsets: number[] = [];
  // Adding 0 turns -0 into 0.
  const first = Math.ceil((view.start - origin) / step - 1e-9) + 0;
  for (let at = first; at * step <= view.end - origin + step * 1e-9; at += 1) {
    offsets.push(at * step);
    if (offsets.length > most) break;
  }
  return offsets;
}
