// SPDX-License-Identifier: Apache-2.0
// One trace: what it was, what failed first, the waterfall, and the span looked at.

import { useEffect, useMemo, useState } from 'preact/hooks';
import { routeOf, visible } from '../format';
import { useKeys } from '../keys';
import { goBack, selectedId } from '../state';
import { groupBySpan } from '../logs/by_span';
import { firstError, indexExceptions } from '../trace/exceptions';
import { assignHues } from '../trace/hues';
import { buildTree, type Tree } from '../trace/tree';
import type { Trace } from '../types';
import { Drawer } from './drawer';
import { Gone, TraceHead } from './trace_head';
import { useTrace } from './use_trace';
import { useTraceLines } from './use_trace_lines';
import { useWaterfall, useWaterfallKeys } from './use_waterfall';
import { Waterfall } from './waterfall';

function LoadedTrace({ trace, tree }: { trace: Trace; tree: Tree }) {
  const { summary } = trace;
  const state = useWaterfall(tree);
  useWaterfallKeys(state);
  const hues = useMemo(() => assignHues(tree.services), [tree]);
  const exceptions = useMemo(() => indexExceptions(tree), [tree]);
  const failure = useMemo(() => {
    const first = firstError(tree, exceptions);
    // That the whole failed, without a word why, is told by the title already.
    return first && (first.text !== '' || first.span !== tree.roots[0]) ? first : null;
  }, [tree, exceptions]);
  const written = useTraceLines(summary);
  const lines = useMemo(() => groupBySpan(tree, written.lines), [tree, written]);
  const title = `${summary.method} ${routeOf(summary)}`.trim() || summary.name;
  useEffect(() => {
    document.title = `${visible(title)} · Aloft console`;
  }, [title]);
  const { selected, drawer } = state;
  return (
    <div class={`trace-room${drawer ? ' has-drawer' : ''}`}>
      <TraceHead
        summary={summary}
        seconds={tree.spans.some(({ shift }) => shift !== 0)
          ? tree.end - tree.start : summary.duration}
        title={title}
        failure={failure}
        hues={hues}
        lines={written}
        state={state}
      />
      <Waterfall tree={tree} hues={hues} lines={lines} state={state} />
      {drawer && selected && (
        <Drawer
          key={selected.id}
          span={selected}
          tree={tree}
          exceptions={exceptions}
          lines={lines.get(selected)}
          close={() => state.setDrawer(false)}
        />
      )}
    </div>
  );
}

export function TraceRoom({ id }: { id: string }) {
  const { trace, error } = useTrace(id);
  const [late, setLate] = useState(false);
  const tree = useMemo(() => (trace ? buildTree(trace.segments) : null), [trace]);
  useEffect(() => {
    selectedId.value = id;
    document.title = 'Trace · Aloft console';
    const timer = window.setTimeout(() => setLate(true), 200);
    return () => window.clearTimeout(timer);
  }, [id]);
  useKeys(trace ? {} : { Escape: goBack });
  if (trace && tree) return <LoadedTrace trace={trace} tree={tree} />;
  if (error && error.status !== 0) return <Gone error={error} id={id} />;
  return late ? <p class="page-message">Reading the trace…</p> : null;
}
