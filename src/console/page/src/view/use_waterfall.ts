// SPDX-License-Identifier: Apache-2.0
// What is selected, folded, zoomed and switched on in a waterfall, and the keys that change it.

import { useMemo, useState } from 'preact/hooks';
import { useKeys } from '../keys';
import { go, goBack, route } from '../state';
import { fullView, zoomView, type View } from '../trace/scale';
import { criticalPath, type Section } from '../trace/times';
import { visibleSpans, type Span, type Tree } from '../trace/tree';

function bySpan(sections: readonly Section[]): Map<Span, Section[]> {
  const map = new Map<Span, Section[]>();
  for (const section of sections) {
    const known = map.get(section.span);
    if (known) known.push(section);
    else map.set(section.span, [section]);
  }
  return map;
}

function useSelection(tree: Tree) {
  const spanId = route.value.spanId;
  const [drawer, setDrawer] = useState(spanId !== '');
  const selected = tree.byId.get(spanId) ?? null;
  const select = (span: Span | null, open: boolean): void => {
    go({ room: 'trace', traceId: route.value.traceId, spanId: span?.id ?? '' }, true);
    setDrawer(open && span !== null);
  };
  return { selected, drawer: drawer && selected !== null, setDrawer, select };
}

function useFolds(tree: Tree) {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const fold = (span: Span, shut: boolean): void => {
    const next = new Set(folded);
    if (shut && span.children.length > 0) next.add(span.id);
    else next.delete(span.id);
    setFolded(next);
  };
  const foldAll = (): void => {
    const parents = tree.spans.filter((span) => span.children.length > 0 && span.depth > 0);
    setFolded(new Set(parents.map((span) => span.id)));
  };
  /// Unfolds whatever hides the span.
  const reveal = (span: Span): void => {
    const next = new Set(folded);
    for (let at = span.parent; at; at = at.parent) next.delete(at.id);
    if (next.size !== folded.size) setFolded(next);
  };
  return { folded, fold, foldAll, unfoldAll: () => setFolded(new Set()), reveal };
}

/// How the bars are drawn: which part of the time, and what is marked on them.
function useLooks(tree: Tree) {
  const [showCritical, setShowCritical] = useState(false);
  const [showSelf, setShowSelf] = useState(false);
  const [zoom, setZoom] = useState<View | null>(null);
  const full = useMemo(() => fullView(tree.start, tree.end), [tree]);
  const root = tree.roots[0];
  const critical = useMemo(
    () => (showCritical && root ? bySpan(criticalPath(root)) : null),
    [showCritical, root],
  );
  return {
    full,
    view: zoom ?? full,
    zoomed: zoom !== null,
    critical,
    showSelf,
    setView: (view: View) => setZoom(view === full ? null : view),
    toggleCritical: () => setShowCritical(!showCritical),
    toggleSelf: () => setShowSelf(!showSelf),
  };
}

export function useWaterfall(tree: Tree) {
  const selection = useSelection(tree);
  const folds = useFolds(tree);
  const looks = useLooks(tree);
  const rows = useMemo(() => visibleSpans(tree, folds.folded), [tree, folds.folded]);
  const { selected, drawer, select } = selection;

  const show = (span: Span): void => {
    folds.reveal(span);
    select(span, true);
  };
  const move = (by: number): void => {
    const at = selected ? rows.indexOf(selected) : -1;
    const to = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    if (to) select(to, drawer);
  };
  const nextFailure = (): void => {
    const failed = tree.spans.filter((span) => span.fault || span.error || span.throttle);
    const after = failed.find((span) => span.index > (selected?.index ?? -1)) ?? failed[0];
    if (after) show(after);
  };
  /// Folding what cannot be folded goes up instead, as in every tree.
  const fold = (shut: boolean): void => {
    if (!selected) return;
    const closed = folds.folded.has(selected.id) || selected.children.length === 0;
    if (shut && closed && selected.parent) select(selected.parent, drawer);
    else folds.fold(selected, shut);
  };
  const zoomBy = (factor: number): void => {
    const { view, full } = looks;
    const centre = selected ? (selected.start + selected.end) / 2 : (view.start + view.end) / 2;
    looks.setView(zoomView(view, full, factor, centre));
  };
  return { ...selection, ...folds, ...looks, rows, show, move, nextFailure, foldSelected: fold,
    zoomBy };
}

export type WaterfallState = ReturnType<typeof useWaterfall>;

export function useWaterfallKeys(state: WaterfallState): void {
  const { move, foldSelected, zoomBy } = state;
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    PageDown: () => move(20),
    PageUp: () => move(-20),
    Home: () => move(-state.rows.length),
    End: () => move(state.rows.length),
    '[': () => foldSelected(true),
    ']': () => foldSelected(false),
    ArrowLeft: () => foldSelected(true),
    ArrowRight: () => foldSelected(false),
    '{': state.foldAll,
    '}': state.unfoldAll,
    e: state.nextFailure,
    c: state.toggleCritical,
    s: state.toggleSelf,
    '+': () => zoomBy(0.5),
    '=': () => zoomBy(0.5),
    '-': () => zoomBy(2),
    '0': () => state.setView(state.full),
    Enter: (event) => {
      const target = event.target instanceof HTMLElement ? event.target : null;
      const control = target?.closest<HTMLElement>('a, button, summary');
      if (control) control.click();
      else if (state.selected) state.setDrawer(!state.drawer);
      else move(1);
    },
    Escape: () => {
      if (state.drawer) state.setDrawer(false);
      else if (state.zoomed) state.setView(state.full);
      else goBack();
    },
  });
}
