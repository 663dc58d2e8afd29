// SPDX-License-Identifier: Apache-2.0
// Where the time went: self time and the critical path. Both clip children to their parent first,
// so that work which outlives its caller never counts twice.

import type { Span } from './tree';

/// A span's duration minus the union of its direct children, clipped to it.
export function selfTime(span: Span): number {
  let covered = 0;
  let reached = span.start;
  // Children are ordered by start, so one sweep finds the union.
  for (const child of span.children) {
    const from = Math.max(child.start, reached);
    const to = Math.min(child.end, span.end);
    if (to > from) {
      covered += to - from;
      reached = to;
    }
  }
  return Math.max(0, span.end - span.start - covered);
}

export interface Section {
  span: Span;
  start: number;
  end: number;
}

interface Frame extends Section {
  /// Children clipped to this span, by end, latest first; those before `next` are done with.
  children: Section[];
  next: number;
  /// The path is known after this time and sought before it.
  until: number;
}

function frameOf({ span, start, end }: Section): Frame {
  const children = span.children
    .map((child) => ({
      span: child,
      start: Math.max(child.start, start),
      end: Math.min(child.end, end),
    }))
    .filter((child) => child.start < child.end)
    .sort((a, b) => b.end - a.end || b.start - a.start);
  return { span, start, end, children, next: 0, until: end };
}

/// The chain of work that decided how long `root` took, latest section first.
///
/// From the end of a span, take the child that finished last and follow it; from that child's
/// start, go on with the child that had finished before it started. What no child covers is the
/// span's own.
export function criticalPath(root: Span): Section[] {
  const sections: Section[] = [];
  const stack = [frameOf({ span: root, start: root.start, end: root.end })];
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    let child = frame.children[frame.next];
    while (child && child.end > frame.until) child = frame.children[(frame.next += 1)];
    const from = child ? child.end : frame.start;
    if (frame.until > from) sections.push({ span: frame.span, start: from, end: frame.until });
    if (!child) {
      stack.pop();
      continue;
    }
    frame.next += 1;
    frame.until = child.start;
    stack.push(frameOf(child));
  }
  return sections;
}
