// SPDX-License-Identifier: Apache-2.0
// The tree of spans over time. Names are rows of the document, bars are painted on one canvas that
// scrolls with them; both exist only around what is in sight.

import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatDuration, formatOffset, formatTick, outcomeOf, outcomeWord, visible } from
  '../format';
import { linesWords, type LinesBySpan, type SpanLines } from '../logs/by_span';
import { levelKind, worseKind } from '../logs/lines';
import { phone } from '../media';
import { painted } from '../theme';
import { paintBars, paintMap } from '../trace/paint';
import { readPalette } from '../trace/palette';
import { clampView, fractionAt, ticks, type View } from '../trace/scale';
import { clockAhead, lacksParent, type Span, type Tree } from '../trace/tree';
import { Icon } from './icons';
import type { WaterfallState } from './use_waterfall';
import { useWindow } from './use_window';

/// Heights of trace.css: names beside bars; names above bars, for thumbs.
const rowHeight = 24;
const touchRowHeight = 48;
/// Levels beyond this are not indented further, or names would leave their column.
const deepestIndent = 16;
const mapHeight = 48;
/// Room for the label behind the longest bar; also --labels in trace.css.
const labelWidth = 80;

interface WaterfallProps {
  tree: Tree;
  hues: ReadonlyMap<string, number>;
  lines: LinesBySpan;
  state: WaterfallState;
}

function useWidth(): [{ current: HTMLDivElement | null }, number] {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const measure = (): void => setWidth(element.clientWidth);
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(element);
    return () => sizes.disconnect();
  }, []);
  return [ref, width];
}

/// Drag to see a part of the time; a plain click shows all of it again.
function Minimap({ tree, hues, state }: WaterfallProps) {
  const { full, view, setView } = state;
  const [box, width] = useWidth();
  const canvas = useRef<HTMLCanvasElement>(null);
  const from = useRef<number | null>(null);
  const [drag, setDrag] = useState<View | null>(null);
  const theme = painted.value;
  useLayoutEffect(() => {
    if (!canvas.current || width === 0) return;
    const scene = { tree, full, view: drag ?? view, width, height: mapHeight, hues };
    paintMap(canvas.current, { ...scene, palette: readPalette() });
  }, [tree, full, view, drag, width, hues, theme]);
  const timeAt = (event: PointerEvent): number => {
    const left = box.current?.getBoundingClientRect().left ?? 0;
    const share = Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, width)));
    return full.start + share * (full.end - full.start);
  };
  const dragTo = (event: PointerEvent): View => {
    const [a, b] = [from.current ?? full.start, timeAt(event)];
    return { start: Math.min(a, b), end: Math.max(a, b) };
  };
  return (
    <div
      ref={box}
      class="minimap"
      role="img"
      aria-label={`All ${tree.spans.length} spans over ${formatDuration(full.end - full.start)}`}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = timeAt(event);
      }}
      onPointerMove={(event) => {
        if (from.current !== null) setDrag(dragTo(event));
      }}
      onPointerUp={(event) => {
        if (from.current === null) return;
        const part = dragTo(event);
        const wide = fractionAt(full, part.end) - fractionAt(full, part.start) > 0.005;
        setView(wide ? clampView(part, full) : full);
        from.current = null;
        setDrag(null);
      }}
      onPointerCancel={() => {
        from.current = null;
        setDrag(null);
      }}
    >
      <canvas ref={canvas} aria-hidden="true" />
    </div>
  );
}

function Ruler({ view, origin, offsets }: { view: View; origin: number; offsets: number[] }) {
  return (
    <div class="ruler mono" aria-hidden="true">
      {offsets.map((offset) => {
        const fraction = fractionAt(view, origin + offset);
        return (
          <span key={offset} style={{ left: `${(fraction * 100).toFixed(3)}%` }}>
            {formatTick(offset)}
          </span>
        );
      })}
    </div>
  );
}

function clockWords(span: Span): string {
  const ahead = clockAhead(span);
  return `clock ${formatDuration(Math.abs(ahead))} ${ahead > 0 ? 'ahead' : 'behind'}`;
}

function describe(span: Span, lines: { count: number; worst: SpanLines['worst'] } | null): string {
  const parts = [visible(span.name)];
  if (span.service && span.service !== span.name) parts.push(`in ${visible(span.service)}`);
  parts.push(span.in_progress ? 'running' : formatDuration(span.end - span.start));
  const outcome = outcomeOf(span);
  if (outcome !== 'ok' && outcome !== 'running') parts.push(outcomeWord[outcome]);
  if (clockAhead(span) !== 0) parts.push(clockWords(span));
  if (lacksParent(span)) parts.push('parent not received');
  if (lines) parts.push(linesWords(lines.count, lines.worst));
  return parts.join(', ');
}

/// What a row says of log lines: its own, or when folded also those it hides.
function rowLines(lines: SpanLines | undefined, folded: boolean) {
  if (!lines) return null;
  const worst = folded ? lines.worst
    : lines.own.reduce<SpanLines['worst']>((kind, line) => worseKind(kind, levelKind(line.level)),
      'quiet');
  const count = folded ? lines.all : lines.own.length;
  return count === 0 ? null : { count, worst };
}

/// For eyes: the row's label says the same, and would not if this were text (WCAG 2.5.3).
function LinesMark({ count, worst }: { count: number; worst: SpanLines['worst'] }) {
  const tone = worst === 'fault' || worst === 'error' ? worst : 'quiet';
  return (
    <span class={`lines-mark is-${tone}`} title={linesWords(count, worst)}>
      <Icon name="lines" />
      <span class="mono" data-count={count} />
      {tone !== 'quiet' && <Icon name={tone} />}
    </span>
  );
}

function FailureMarks({ span, folded }: { span: Span; folded: boolean }) {
  const outcome = outcomeOf(span);
  const hidden = span.inside.faults + span.inside.errors;
  return (
    <>
      {(outcome === 'fault' || outcome === 'error' || outcome === 'throttle') && (
        <span class={`is-${outcome}`}>
          <Icon name={outcome} />
        </span>
      )}
      {folded && hidden > 0 && (
        <span class={`hidden-failures ${span.inside.faults > 0 ? 'is-fault' : 'is-error'}`}>
          <Icon name={span.inside.faults > 0 ? 'fault' : 'error'} />
          {hidden} inside
        </span>
      )}
    </>
  );
}

/// What is not as it should be with the record itself, rather than with what it records.
function RecordMarks({ span }: { span: Span }) {
  const ahead = clockAhead(span);
  return (
    <>
      {ahead !== 0 && (
        <span
          class="record-mark is-error"
          title={`${formatOffset(ahead)} against its caller: drawn where it was called`}
        >
          <Icon name="clock" />
          {clockWords(span)}
        </span>
      )}
      {lacksParent(span) && (
        <span class="record-mark is-quiet" title={`Parent ${visible(span.parentId)}`}>
          <Icon name="unknown" />
          parent not received
        </span>
      )}
      {span.in_progress && (
        <span class="record-mark is-quiet">
          <Icon name="running" />
          in progress
        </span>
      )}
    </>
  );
}

interface SpanRowProps {
  span: Span;
  top: number;
  hue: number | 'none';
  folded: boolean;
  selected: boolean;
  lines: SpanLines | undefined;
  state: WaterfallState;
}

function SpanRow({ span, top, hue, folded, selected, lines, state }: SpanRowProps) {
  const written = rowLines(lines, folded);
  const siblings = span.parent?.children;
  const parent = span.children.length > 0;
  const newService = span.service !== '' && span.service !== (span.parent?.service ?? '');
  return (
    <div
      class={`span-row${selected ? ' is-selected' : ''}`}
      style={{ transform: `translateY(${top}px)` }}
      id={`span-${span.index}`}
      role="treeitem"
      aria-level={span.depth + 1}
      aria-setsize={siblings?.length}
      aria-posinset={siblings ? span.position + 1 : undefined}
      aria-expanded={parent ? !folded : undefined}
      aria-selected={selected}
      aria-label={describe(span, written)}
      onClick={() => state.select(span, true)}
    >
      <div
        class="span-name"
        style={{ paddingLeft: `${Math.min(span.depth, deepestIndent) * 12 + 4}px` }}
      >
        {parent ? (
          <span
            class="twisty"
            onClick={(event) => {
              event.stopPropagation();
              state.fold(span, !folded);
            }}
          >
            <Icon name={folded ? 'closed' : 'open'} />
          </span>
        ) : (
          <span class="twisty" />
        )}
        <span class={`swatch hue-${hue}`} />
        <bdi class="span-title">{visible(span.name)}</bdi>
        <FailureMarks span={span} folded={folded} />
        <RecordMarks span={span} />
        {written && <LinesMark {...written} />}
        {folded && <span class="aside mono">+{span.inside.spans}</span>}
        {newService && span.service !== span.name && (
          <bdi class="aside span-service">{visible(span.service)}</bdi>
        )}
      </div>
    </div>
  );
}

function Bars(props: WaterfallProps & { first: number; last: number; height: number }) {
  const [box, width] = useWidth();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { tree, hues, lines, state, first, last, height } = props;
  const { rows, folded, view, critical, showSelf } = state;
  const theme = painted.value;
  const nameHeight = phone.value ? 28 : 0;
  useLayoutEffect(() => {
    if (!canvas.current || width === 0) return;
    const grid = ticks(view, tree.start, 6).map((offset) => tree.start + offset);
    const scene = { tree, rows, hues, folded, view, critical, showSelf, lines, first, last, width };
    const sizes = { nameHeight, rowHeight: height, timeWidth: Math.max(1, width - labelWidth) };
    paintBars(canvas.current, { ...scene, ...sizes, palette: readPalette() }, grid);
  }, [tree, rows, hues, lines, folded, view, critical, showSelf, first, last, width, height,
    theme]);
  return (
    <div ref={box} class="bars" style={{ transform: `translateY(${first * height}px)` }}>
      <canvas ref={canvas} aria-hidden="true" style={{ height: `${(last - first) * height}px` }} />
    </div>
  );
}

export function Waterfall(props: WaterfallProps) {
  const { tree, hues, lines, state } = props;
  const { rows, folded, selected, view } = state;
  const scroller = useRef<HTMLDivElement>(null);
  const height = phone.value ? touchRowHeight : rowHeight;
  const { first, last } = useWindow(scroller, rows.length, height);
  const offsets = useMemo(() => ticks(view, tree.start, phone.value ? 3 : 6), [view, tree]);
  const at = selected ? rows.indexOf(selected) : -1;

  useLayoutEffect(() => scroller.current?.focus({ preventScroll: true }), []);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || at < 0) return;
    const top = at * height;
    if (top < element.scrollTop) element.scrollTop = Math.max(0, top - height);
    const below = top + 2 * height - element.clientHeight;
    if (below > element.scrollTop) element.scrollTop = below;
  }, [selected, height]);

  return (
    <div class="waterfall">
      <Minimap {...props} />
      <Ruler view={view} origin={tree.start} offsets={offsets} />
      <div
        ref={scroller}
        class="span-scroller"
        role="tree"
        aria-label="Spans"
        tabIndex={0}
        aria-activedescendant={at >= first && at < last ? `span-${selected?.index}` : undefined}
      >
        <div
          class="span-space"
          role="presentation"
          style={{ height: `${rows.length * height}px` }}
        >
          <Bars {...props} first={first} last={last} height={height} />
          {rows.slice(first, last).map((span, index) => (
            <SpanRow
              key={span.id}
              span={span}
              top={(first + index) * height}
              hue={hues.get(span.service) ?? 'none'}
              folded={folded.has(span.id)}
              selected={span === selected}
              lines={lines.get(span)}
              state={state}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
