// SPDX-License-Identifier: Apache-2.0
// Which lines were written in which span, and what of that a row of the waterfall says.

import type { Span, Tree } from '../trace/tree';
import type { LogLine } from '../types';
import { exactTime, gravity, levelKind, oldestFirst, worseKind, type LevelKind } from './lines';

export interface Mark {
  /// Where on the time line, with the clock of the span's host put right.
  time: number;
  kind: LevelKind;
}

export interface SpanLines {
  /// Written in this span, oldest first; of the first root also those of no known span.
  own: LogLine[];
  /// Lines of this span and all below it, and the gravest of them.
  all: number;
  worst: LevelKind;
}

export type LinesBySpan = ReadonlyMap<Span, SpanLines>;

/// Spans without lines, in or below them, are not in the map.
export function groupBySpan(tree: Tree, lines: readonly LogLine[]): LinesBySpan {
  const grouped = new Map<Span, SpanLines>();
  const entry = (span: Span): SpanLines => {
    let found = grouped.get(span);
    if (!found) grouped.set(span, (found = { own: [], all: 0, worst: 'quiet' }));
    return found;
  };
  for (const line of lines.slice().sort(oldestFirst)) {
    const span = tree.byId.get(line.span_id) ?? tree.roots[0];
    if (!span) break;
    const here = entry(span);
    here.own.push(line);
    here.all += 1;
    here.worst = worseKind(here.worst, levelKind(line.level));
  }
  // Children stand behind their parents, so the sums run upwards from the end.
  for (let at = tree.spans.length - 1; at >= 0; at -= 1) {
    const span = tree.spans[at] as Span;
    const below = grouped.get(span);
    if (!below || !span.parent) continue;
    const above = entry(span.parent);
    above.all += below.all;
    above.worst = worseKind(above.worst, below.worst);
  }
  return grouped;
}

/// Ticks painted on one row; more would paint the same pixels again.
const markLimit = 400;

/// Ticks of a row: its own lines, and when folded those of the spans it hides.
export function marksOf(tree: Tree, lines: LinesBySpan, span: Span, folded: boolean): Mark[] {
  const marks: Mark[] = [];
  const last = folded ? span.index + span.inside.spans : span.index;
  for (let at = span.index; at <= last && marks.length < markLimit; at += 1) {
    const writer = tree.spans[at] as Span;
    for (const line of lines.get(writer)?.own ?? []) {
      if (marks.length === markLimit) break;
      marks.push({ time: exactTime(line) + writer.shift, kind: levelKind(line.level) });
    }
  }
  // The gravest last, so that no other is painted over it.
  return marks.sort((a, b) => gravity[a.kind] - gravity[b.kind]);
}

/// "3 log lines, with errors": in words for who cannot see the ticks.
export function linesWords(count: number, worst: LevelKind): string {
  const words = count === 1 ? '1 log line' : `${count} log lines`;
  if (worst === 'fault') return `${words}, with errors`;
  return worst === 'error' ? `${words}, with warnings` : words;
}
