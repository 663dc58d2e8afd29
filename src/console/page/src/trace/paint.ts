// SPDX-License-Identifier: Apache-2.0
// Draws the bars of the rows in sight, and the minimap. Only numbers and shapes: names are text
// in the document, so that they can be read aloud, selected and never taken for markup.

import { formatDuration, outcomeOf } from '../format';
import { marksOf, type LinesBySpan } from '../logs/by_span';
import type { LevelKind } from '../logs/lines';
import type { Palette } from './palette';
import { fractionAt, type View } from './scale';
import { selfTime, type Section } from './times';
import type { Span, Tree } from './tree';

export interface BarScene {
  rows: readonly Span[];
  /// Index of the row at the top edge of the canvas.
  first: number;
  last: number;
  rowHeight: number;
  width: number;
  /// The view ends here; the labels of the last bars stand in the margin behind it.
  timeWidth: number;
  /// Space above the bar that belongs to the name: 0 where names have their own column.
  nameHeight: number;
  view: View;
  palette: Palette;
  hues: ReadonlyMap<string, number>;
  folded: ReadonlySet<string>;
  tree: Tree;
  /// Sections of the critical path by span; null while it is not shown.
  critical: ReadonlyMap<Span, Section[]> | null;
  showSelf: boolean;
  lines: LinesBySpan;
}

interface Bar {
  x: number;
  y: number;
  width: number;
  height: number;
}

const barHeight = 10;
const thinnestBar = 2;
/// Hidden failures drawn on one folded row; more would paint the same pixels again.
const markLimit = 400;

function xAt(scene: BarScene, time: number): number {
  return fractionAt(scene.view, time) * scene.timeWidth;
}

function barOf(scene: BarScene, span: Span, row: number): Bar {
  const left = Math.min(Math.max(xAt(scene, span.start), 0), scene.timeWidth);
  const right = Math.min(Math.max(xAt(scene, span.end), 0), scene.timeWidth);
  const top = (row - scene.first) * scene.rowHeight + scene.nameHeight;
  const free = scene.rowHeight - scene.nameHeight;
  const x = Math.min(left, scene.timeWidth - thinnestBar);
  return {
    x,
    y: Math.round(top + (free - barHeight) / 2),
    width: Math.max(thinnestBar, right - x),
    height: barHeight,
  };
}

function fillSelf(context: CanvasRenderingContext2D, scene: BarScene, span: Span, bar: Bar): void {
  context.globalAlpha = 0.3;
  context.fillRect(bar.x, bar.y, bar.width, bar.height);
  context.globalAlpha = 1;
  let reached = span.start;
  const own = (to: number): void => {
    const from = Math.max(bar.x, xAt(scene, reached));
    const width = Math.min(bar.x + bar.width, xAt(scene, to)) - from;
    if (width > 0) context.fillRect(from, bar.y, width, bar.height);
  };
  for (const child of span.children) {
    if (child.start > reached) own(Math.min(child.start, span.end));
    reached = Math.max(reached, Math.min(child.end, span.end));
  }
  if (reached < span.end) own(span.end);
}

function fillBar(context: CanvasRenderingContext2D, scene: BarScene, span: Span, bar: Bar): void {
  const { palette } = scene;
  if (span.kind === 'missing') {
    context.strokeStyle = palette.line;
    context.setLineDash([3, 3]);
    context.strokeRect(bar.x + 0.5, bar.y + 0.5, Math.max(1, bar.width - 1), bar.height - 1);
    context.setLineDash([]);
    return;
  }
  context.fillStyle = palette.hues[scene.hues.get(span.service) ?? -1] ?? palette.line;
  if (scene.showSelf && span.children.length > 0) fillSelf(context, scene, span, bar);
  else if (span.in_progress) {
    context.globalAlpha = 0.4;
    context.fillRect(bar.x, bar.y, bar.width, bar.height);
    context.globalAlpha = 1;
    for (let x = bar.x; x < bar.x + bar.width; x += 8) {
      context.fillRect(x, bar.y, Math.min(4, bar.x + bar.width - x), bar.height);
    }
  } else context.fillRect(bar.x, bar.y, bar.width, bar.height);
}

/// A cross for faults, a triangle for errors and throttles: shape first, colour second.
function drawMark(context: CanvasRenderingContext2D, x: number, y: number, fault: boolean): void {
  context.lineWidth = 2;
  context.beginPath();
  if (fault) {
    context.moveTo(x, y);
    context.lineTo(x + 8, y + 8);
    context.moveTo(x + 8, y);
    context.lineTo(x, y + 8);
  } else {
    context.moveTo(x + 4, y);
    context.lineTo(x + 8.5, y + 8);
    context.lineTo(x - 0.5, y + 8);
    context.closePath();
  }
  context.stroke();
  context.lineWidth = 1;
}

function drawLabel(context: CanvasRenderingContext2D, scene: BarScene, span: Span, bar: Bar): void {
  if (span.kind === 'missing') return;
  const { palette } = scene;
  const outcome = outcomeOf(span);
  const failed = outcome === 'fault' || outcome === 'error' || outcome === 'throttle';
  const words =
    outcome === 'running'
      ? 'running'
      : formatDuration(scene.showSelf ? selfTime(span) : span.end - span.start);
  const markWidth = failed ? 14 : 0;
  const width = context.measureText(words).width + markWidth;
  let x = bar.x + bar.width + 6;
  let inside = false;
  if (x + width > scene.width) {
    x = bar.x - 6 - width;
    inside = x < 0;
    if (inside) x = Math.max(4, Math.min(bar.x + bar.width, scene.width) - width - 4);
  }
  if (inside) {
    context.fillStyle = palette.surface;
    context.fillRect(x - 3, bar.y - 3, width + 6, bar.height + 6);
  }
  const colour = outcome === 'fault' ? palette.fault : failed ? palette.error : palette.text;
  context.strokeStyle = colour;
  if (failed) drawMark(context, x, bar.y + 1, outcome === 'fault');
  context.fillStyle = colour;
  context.fillText(words, x + markWidth, bar.y + bar.height / 2 + 0.5);
}

/// What a fold hides still shows where it failed.
function drawHidden(
  context: CanvasRenderingContext2D,
  scene: BarScene,
  span: Span,
  bar: Bar,
): void {
  if (!scene.folded.has(span.id) || span.inside.faults + span.inside.errors === 0) return;
  let marks = 0;
  const last = span.index + span.inside.spans;
  for (let next = span.index + 1; next <= last && marks < markLimit; next += 1) {
    const hidden = scene.tree.spans[next] as Span;
    if (!hidden.fault && !hidden.error && !hidden.throttle) continue;
    marks += 1;
    context.fillStyle = hidden.fault ? scene.palette.fault : scene.palette.error;
    const x = Math.max(bar.x, xAt(scene, hidden.start));
    const width = Math.max(thinnestBar, Math.min(scene.timeWidth, xAt(scene, hidden.end)) - x);
    context.fillRect(x, bar.y + bar.height - 1, width, 4);
  }
}

function drawCritical(
  context: CanvasRenderingContext2D,
  scene: BarScene,
  span: Span,
  bar: Bar,
): void {
  for (const section of scene.critical?.get(span) ?? []) {
    const x = Math.max(0, xAt(scene, section.start));
    const width = Math.min(scene.timeWidth, xAt(scene, section.end)) - x;
    if (width <= 0) continue;
    context.fillStyle = scene.palette.text;
    context.fillRect(x, bar.y + bar.height - 3, Math.max(1, width), 3);
  }
}

/// How a tick looks: an error is the longest and widest, so that no colour is needed to see it.
const tickSizes: Record<LevelKind, [width: number, height: number]> = { fault: [3, 8],
  error: [3, 6], plain: [1, 5], quiet: [1, 4] };

/// A tick for each log line, above the bar, its foot on the bar's edge.
function drawTicks(context: CanvasRenderingContext2D, scene: BarScene, span: Span, bar: Bar): void {
  const { palette, tree, lines, folded } = scene;
  for (const { time, kind } of marksOf(tree, lines, span, folded.has(span.id))) {
    const x = xAt(scene, time);
    if (x < -1 || x > scene.timeWidth + 1) continue;
    const [width, height] = tickSizes[kind];
    context.fillStyle = kind === 'fault' ? palette.fault : kind === 'error' ? palette.error
      : palette.text;
    context.fillRect(Math.round(x - width / 2), bar.y - height + 1, width, height);
  }
}

/// Sizes the canvas to `width` × `height` CSS pixels and clears it.
export function prepare(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
): CanvasRenderingContext2D | null {
  // More than two device pixels per pixel costs memory that nobody sees.
  const ratio = Math.min(2, window.devicePixelRatio || 1);
  const [deviceWidth, deviceHeight] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== deviceWidth) canvas.width = deviceWidth;
  if (canvas.height !== deviceHeight) canvas.height = deviceHeight;
  const context = canvas.getContext('2d');
  if (!context) return null;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.lineWidth = 1;
  context.textBaseline = 'middle';
  return context;
}

export function paintBars(
  canvas: HTMLCanvasElement,
  scene: BarScene,
  gridlines: readonly number[],
): void {
  const height = (scene.last - scene.first) * scene.rowHeight;
  const context = prepare(canvas, scene.width, height);
  if (!context) return;
  context.font = scene.palette.font;
  context.fillStyle = scene.palette.grid;
  for (const time of gridlines) context.fillRect(Math.round(xAt(scene, time)), 0, 1, height);
  for (let row = scene.first; row < scene.last; row += 1) {
    const span = scene.rows[row];
    if (!span) break;
    const bar = barOf(scene, span, row);
    drawTicks(context, scene, span, bar);
    if (span.end >= scene.view.start && span.start <= scene.view.end) {
      fillBar(context, scene, span, bar);
      drawHidden(context, scene, span, bar);
      drawCritical(context, scene, span, bar);
      drawLabel(context, scene, span, bar);
    }
  }
}

export interface MapScene {
  tree: Tree;
  full: View;
  view: View;
  width: number;
  height: number;
  palette: Palette;
  hues: ReadonlyMap<string, number>;
}

/// All spans at once, a line each, and what of them is on screen.
export function paintMap(canvas: HTMLCanvasElement, scene: MapScene): void {
  const { tree, full, view, width, height, palette } = scene;
  const context = prepare(canvas, width, height);
  if (!context) return;
  const rowHeight = Math.min(4, (height - 4) / Math.max(1, tree.spans.length));
  const thickness = Math.max(1, rowHeight - 0.5);
  tree.spans.forEach((span, row) => {
    const x = fractionAt(full, span.start) * width;
    const length = Math.max(1, fractionAt(full, span.end) * width - x);
    const failed = span.error || span.throttle;
    const hue = palette.hues[scene.hues.get(span.service) ?? -1] ?? palette.line;
    context.fillStyle = span.fault ? palette.fault : failed ? palette.error : hue;
    context.fillRect(x, 2 + row * rowHeight, length, thickness);
  });
  if (view.start <= full.start && view.end >= full.end) return;
  const left = fractionAt(full, view.start) * width;
  const right = fractionAt(full, view.end) * width;
  context.fillStyle = palette.veil;
  context.fillRect(0, 0, left, height);
  context.fillRect(right, 0, width - right, height);
  context.fillStyle = palette.accent;
  context.fillRect(left, 0, 2, height);
  context.fillRect(right - 2, 0, 2, height);
}
