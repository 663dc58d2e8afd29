// SPDX-License-Identifier: Apache-2.0
// From X-Ray documents, as they arrived, to one tree of spans that is always drawable.
//
// Documents are segments with nested subsegments, and independent subsegments that name their
// parent. They come in any order, twice, incomplete, from clocks that disagree, and from anybody:
// every loop here is iterative and bounded by the input, and no field is trusted to have its type.

import type { Document, Json } from '../types';

export type Kind = 'segment' | 'subsegment' | 'missing';

export interface Span {
  id: string;
  name: string;
  kind: Kind;
  /// Name of the segment that this span belongs to.
  service: string;
  /// Seconds since the epoch, as drawn: recorded time plus shift.
  start: number;
  end: number;
  /// Seconds added because this host's clock disagrees with its caller's.
  shift: number;
  in_progress: boolean;
  fault: boolean;
  error: boolean;
  throttle: boolean;
  document: Document;
  parentId: string;
  parent: Span | null;
  children: Span[];
  depth: number;
  /// Place in Tree.spans, and among the children of the parent; both from 0.
  index: number;
  position: number;
  /// Counts over all descendants.
  inside: { spans: number; faults: number; errors: number };
}

export interface Tree {
  roots: Span[];
  /// Depth first, children by start: a span is followed by inside.spans descendants.
  spans: Span[];
  byId: Map<string, Span>;
  start: number;
  end: number;
  /// Services in order of first appearance.
  services: string[];
}

export function isObject(value: Json | undefined): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const number = (value: Json | undefined): number => (typeof value === 'number' ? value : NaN);

function spanOf(document: Document, id: string, parentId: string, nested: boolean): Span {
  const independent = nested || document['type'] === 'subsegment';
  return {
    id,
    name: text(document['name']) || '(no name)',
    kind: independent ? 'subsegment' : 'segment',
    service: independent ? '' : text(document['name']) || '(no name)',
    start: number(document['start_time']),
    end: number(document['end_time']),
    shift: 0,
    in_progress: !Number.isFinite(number(document['end_time'])),
    fault: document['fault'] === true,
    error: document['error'] === true,
    throttle: document['throttle'] === true,
    document,
    parentId,
    parent: null,
    children: [],
    depth: 0,
    index: 0,
    position: 0,
    inside: { spans: 0, faults: 0, errors: 0 },
  };
}

/// Every span once. A complete one replaces an unfinished one, never the other way round; of two
/// equals the later document wins.
function collect(documents: readonly Document[]): Map<string, Span> {
  const byId = new Map<string, Span>();
  const work: { document: Document; parentId: string; nested: boolean }[] = [];
  for (let at = documents.length - 1; at >= 0; at -= 1) {
    const document = documents[at];
    if (!isObject(document)) continue;
    work.push({ document, parentId: text(document['parent_id']), nested: false });
  }
  let unnamed = 0;
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    const { document, parentId, nested } = item;
    const id = text(document['id']) || `(no id ${(unnamed += 1)})`;
    const span = spanOf(document, id, parentId, nested);
    const known = byId.get(id);
    if (known === undefined || known.in_progress || !span.in_progress) {
      if (span.parentId === '' && known) span.parentId = known.parentId;
      byId.set(id, span);
    }
    const children = document['subsegments'];
    if (!Array.isArray(children)) continue;
    for (let at = children.length - 1; at >= 0; at -= 1) {
      const child = children[at];
      if (isObject(child)) work.push({ document: child, parentId: id, nested: true });
    }
  }
  return byId;
}

/// Makes a root of one span in every circle of parents. Each span is walked over once.
function cutCycles(byId: Map<string, Span>): void {
  const settled = new Set<Span>();
  for (const span of byId.values()) {
    const path = new Set<Span>();
    let at: Span | undefined = span;
    while (at && !settled.has(at) && !path.has(at)) {
      path.add(at);
      at = byId.get(at.parentId);
    }
    if (at && path.has(at)) at.parentId = '';
    for (const walked of path) settled.add(walked);
  }
}

function missingSpan(id: string): Span {
  const span = spanOf({}, id, '', false);
  return { ...span, kind: 'missing', name: 'parent not received', service: '', in_progress: false };
}

/// Ties children to parents. Parents that never came get a stand-in when it holds something
/// together; a lone segment whose caller is unknown is simply a root.
function link(byId: Map<string, Span>): Span[] {
  const roots: Span[] = [];
  const orphans = new Map<string, Span[]>();
  for (const span of byId.values()) {
    if (span.parentId === '') {
      roots.push(span);
      continue;
    }
    const parent = byId.get(span.parentId);
    if (parent) {
      span.parent = parent;
      parent.children.push(span);
    } else {
      const siblings = orphans.get(span.parentId);
      if (siblings) siblings.push(span);
      else orphans.set(span.parentId, [span]);
    }
  }
  for (const [id, children] of orphans) {
    if (children.length === 1 && children[0]?.kind === 'segment') {
      roots.push(children[0]);
      continue;
    }
    const stand = missingSpan(id);
    stand.children = children;
    for (const child of children) child.parent = stand;
    byId.set(id, stand);
    roots.push(stand);
  }
  return roots;
}

/// All spans, parents before children. Orders nothing.
function preorder(roots: readonly Span[]): Span[] {
  const spans: Span[] = [];
  const work = roots.slice().reverse();
  for (let span = work.pop(); span !== undefined; span = work.pop()) {
    spans.push(span);
    for (let at = span.children.length - 1; at >= 0; at -= 1) {
      work.push(span.children[at] as Span);
    }
  }
  return spans;
}

/// Gives every span a finite start and an end at or after it.
function completeTimes(spans: readonly Span[]): void {
  let latest = -Infinity;
  let earliest = Infinity;
  for (const span of spans) {
    if (Number.isFinite(span.start)) {
      earliest = Math.min(earliest, span.start);
      latest = Math.max(latest, span.start);
    }
    if (Number.isFinite(span.end)) latest = Math.max(latest, span.end);
  }
  if (!Number.isFinite(earliest)) earliest = Number.isFinite(latest) ? latest : 0;
  if (!Number.isFinite(latest)) latest = earliest;
  for (const span of spans) {
    if (span.kind === 'missing') continue;
    if (!Number.isFinite(span.start)) span.start = span.parent?.start ?? earliest;
    if (!Number.isFinite(span.start)) span.start = earliest;
    if (!Number.isFinite(span.end)) span.end = latest;
    span.end = Math.max(span.end, span.start);
  }
}

/// A stand-in reaches as far as what it holds. Children come after parents, so walk backwards.
function stretchMissing(spans: readonly Span[]): void {
  for (let at = spans.length - 1; at >= 0; at -= 1) {
    const span = spans[at] as Span;
    if (span.kind !== 'missing') continue;
    span.start = span.children.reduce((least, child) => Math.min(least, child.start), Infinity);
    span.end = span.children.reduce((most, child) => Math.max(most, child.end), -Infinity);
  }
}

/// What a callee's clock is wrong by, as far as causality tells: nothing starts before it was
/// called, and what was waited for does not start after its caller went on. Work that merely
/// outlives its caller is left alone: that is how queues look.
function clockShift(span: Span, parent: Span): number {
  const early = span.start < parent.start;
  const waited = parent.document['namespace'] === 'remote' || isObject(parent.document['http']);
  const late = waited && span.start > parent.end;
  if (!early && !late) return 0;
  const slack = Math.max(0, parent.end - parent.start - (span.end - span.start));
  return parent.start + slack / 2 - span.start;
}

/// What this span's host adds to the disagreement of clocks: seconds by which its clock is ahead
/// of its caller's. 0 for all but the first span of a host whose clock is wrong.
export function clockAhead(span: Span): number {
  return span.kind === 'segment' && span.parent ? span.parent.shift - span.shift : 0;
}

/// True for a root that names a parent which never came.
export function lacksParent(span: Span): boolean {
  return span.parent === null && span.kind !== 'missing' && span.parentId !== '';
}

/// Clocks this close are taken as equal: less than what a kernel needs to hand a message over.
const clockTolerance = 20e-6;

function alignClocks(spans: readonly Span[]): void {
  for (const span of spans) {
    const { parent } = span;
    if (!parent || parent.kind === 'missing') continue;
    let shift = parent.shift;
    if (span.kind === 'segment') {
      shift = clockShift(span, parent);
      if (Math.abs(shift) <= clockTolerance) shift = 0;
    }
    span.shift = shift;
    span.start += shift;
    span.end += shift;
  }
}

function settle(spans: readonly Span[]): string[] {
  const services = new Set<string>();
  for (const [index, span] of spans.entries()) {
    span.index = index;
    span.depth = span.parent ? span.parent.depth + 1 : 0;
    for (const [position, child] of span.children.entries()) child.position = position;
    if (span.service === '') span.service = span.parent?.service ?? '';
    if (span.service !== '') services.add(span.service);
  }
  for (let at = spans.length - 1; at >= 0; at -= 1) {
    const { parent, inside, fault, error, throttle } = spans[at] as Span;
    if (!parent) continue;
    parent.inside.spans += inside.spans + 1;
    parent.inside.faults += inside.faults + (fault ? 1 : 0);
    parent.inside.errors += inside.errors + (!fault && (error || throttle) ? 1 : 0);
  }
  return [...services];
}

const byStart = (a: Span, b: Span): number =>
  a.start - b.start || b.end - a.end || (a.id < b.id ? -1 : 1);

export function buildTree(documents: readonly Document[]): Tree {
  const byId = collect(documents);
  cutCycles(byId);
  const roots = link(byId);
  const unordered = preorder(roots);
  completeTimes(unordered);
  alignClocks(unordered);
  stretchMissing(unordered);
  for (const span of unordered) span.children.sort(byStart);
  roots.sort(byStart);
  const spans = preorder(roots);
  const services = settle(spans);
  let start = Infinity;
  let end = -Infinity;
  for (const span of spans) {
    start = Math.min(start, span.start);
    end = Math.max(end, span.end);
  }
  if (spans.length === 0) start = end = 0;
  return { roots, spans, byId, start, end, services };
}

/// The rows to draw: all spans but those below a folded one.
export function visibleSpans(tree: Tree, folded: ReadonlySet<string>): Span[] {
  if (folded.size === 0) return tree.spans;
  const rows: Span[] = [];
  for (let at = 0; at < tree.spans.length; at += 1) {
    const span = tree.spans[at] as Span;
    rows.push(span);
    if (folded.has(span.id)) at += span.inside.spans;
  }
  return rows;
}
