// SPDX-License-Identifier: Apache-2.0
// The lines of the Logs room: a virtual list of which some are unfolded, and the keys that move in
// it.

import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useKeys } from '../keys';
import { RowLayout } from '../logs/layout';
import { lineLimit } from '../logs/line_list';
import { equalsPattern } from '../logs/lines';
import {
  goOn,
  hasFilters,
  lines,
  linesError,
  linesFull,
  linesHeld,
  linesLoaded,
  linesScrolled,
  linesTouched,
  linesWaiting,
  moreLines,
  openLines,
  readOlderLines,
  selectedLine,
  tailBehind,
  toggleLine,
  toggleLines,
  toTop,
} from '../logs_state';
import { phone } from '../media';
import { go } from '../state';
import type { LogLine } from '../types';
import { LogSteps } from './first_steps';
import { Icon } from './icons';
import { LogFailure, readingFailed } from './log_failure';
import { LogRow } from './log_row';
import { useLate } from './use_late';
import { useRows } from './use_rows';

/// Heights of logs.css: a table row, a card.
const rowHeight = 28;
const cardHeight = 92;
/// What an unfolded line takes before it has been measured.
const guessedBody = 240;

/// Where the reader was, while another room is open.
let lastScrollTop = 0;
/// What `toTop` was when the list last went there.
let toppedAt = 0;

function Waiting() {
  const count = linesWaiting.value;
  if (count === 0 || !linesHeld.value) return null;
  return (
    <button type="button" class="waiting" onClick={goOn}>
      <Icon name="up" />
      <span class="mono">{count > 9999 ? '9999+' : count}</span> new
    </button>
  );
}

function Nothing() {
  const late = useLate();
  const error = linesError.value;
  if (readingFailed.value) return null;
  if (!linesLoaded.value) {
    return late && !error ? <p class="page-message">Reading lines…</p> : null;
  }
  if (!hasFilters.value) return <LogSteps />;
  return (
    <section class="page-message">
      <p>No line matches this search.</p>
      <button type="button" onClick={() => go({ room: 'logs' }, true)}>
        Clear the search
      </button>
    </section>
  );
}

function ListEnd() {
  if (moreLines.value) {
    return (
      <button type="button" class="older" onClick={() => void readOlderLines()}>
        Older lines
      </button>
    );
  }
  const full = `The newest ${lineLimit} are shown; search to see others.`;
  return <p class="older">{linesFull.value ? full : 'That is all.'}</p>;
}

/// The heights of unfolded lines as they were measured.
function useLayout(shown: readonly LogLine[], height: number) {
  const [heights, setHeights] = useState<ReadonlyMap<string, number>>(new Map());
  const open = openLines.value;
  const layout = useMemo(() => {
    const extras = open.size === 0 ? [] : shown.flatMap(({ id }, row): [number, number][] =>
      (open.has(id) ? [[row, heights.get(id) ?? guessedBody]] : []));
    return new RowLayout(shown.length, height, extras);
  }, [shown, open, heights, height]);
  const measured = (id: string, pixels: number): void =>
    setHeights((old) => (old.get(id) === pixels ? old : new Map(old).set(id, pixels)));
  return { layout, measured };
}

/// j k and their like. `moved` hears that the selection moved, so that the focus can follow.
function useLineKeys(
  scroller: RefObject<HTMLElement | null>,
  layout: RowLayout,
  moved: () => void,
): void {
  const move = (by: number): void => {
    const element = scroller.current;
    const at = lines.value.findIndex(({ id }) => id === selectedLine.value);
    const start = layout.rowAt((element?.scrollTop ?? 0) + layout.rowHeight - 1);
    const to = at < 0 ? start : Math.min(lines.value.length - 1, Math.max(0, at + by));
    const line = lines.value[to];
    if (!line || !element) return;
    selectedLine.value = line.id;
    moved();
    const top = layout.topOf(to);
    if (top < element.scrollTop) element.scrollTop = top;
    const below = top + layout.rowHeight - element.clientHeight;
    if (below > element.scrollTop) element.scrollTop = below;
  };
  const selected = (): LogLine | undefined =>
    lines.value.find(({ id }) => id === selectedLine.value);
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: (event) => {
      const target = event.target instanceof HTMLElement ? event.target : null;
      const control = target?.closest<HTMLElement>('a, button:not(.line-twisty), summary');
      if (control) control.click();
      else if (selectedLine.value !== '') toggleLine(selectedLine.value);
    },
    s: () => {
      const line = selected();
      if (!line || line.trace_id === '') return;
      go({ room: 'trace', traceId: line.trace_id, spanId: line.span_id });
    },
    r: () => {
      const line = selected();
      if (!line || line.request_id === '') return;
      go({ room: 'logs', query: equalsPattern('request_id', line.request_id) });
    },
    p: toggleLines,
    Escape: () => {
      if (openLines.value.size > 0) {
        openLines.value = new Set();
        return;
      }
      selectedLine.value = '';
      linesTouched.value = false;
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    },
  });
}

/// Keeps the scroller where the reader left it, and the selected line in sight and in focus.
function useFollow(scroller: RefObject<HTMLElement | null>, layout: RowLayout): () => void {
  const selected = selectedLine.value;
  const wantsFocus = useRef(selected !== '');
  const wantsSight = useRef(selected !== '');
  useLayoutEffect(() => {
    if (scroller.current) scroller.current.scrollTop = lastScrollTop;
  }, []);
  useLayoutEffect(() => {
    if (toppedAt === toTop.value) return;
    toppedAt = toTop.value;
    scroller.current?.scrollTo({ top: 0 });
  }, [toTop.value]);
  useEffect(() => {
    const element = scroller.current;
    // A key may have moved the selection since this was drawn: the next drawing does it then.
    if (!element || selected === '' || selected !== selectedLine.peek()) return;
    const row = wantsSight.current ? lines.peek().findIndex(({ id }) => id === selected) : -1;
    if (row >= 0) {
      wantsSight.current = false;
      const behind = layout.topOf(row) - element.scrollTop;
      if (behind < 0 || behind + layout.rowHeight > element.clientHeight) {
        element.scrollTop = Math.max(0, layout.topOf(row) - layout.rowHeight);
      }
    }
    const twisty = wantsFocus.current ? element.querySelector<HTMLElement>(
      `.line[data-line="${CSS.escape(selected)}"] .line-twisty`) : null;
    if (!twisty) return;
    wantsFocus.current = false;
    twisty.focus({ preventScroll: true });
  });
  return () => (wantsFocus.current = true);
}

export function LogList() {
  const scroller = useRef<HTMLDivElement>(null);
  const height = phone.value ? cardHeight : rowHeight;
  const shown = lines.value;
  const { layout, measured } = useLayout(shown, height);
  const { first, last } = useRows(scroller, layout);
  const selected = selectedLine.value;
  const moved = useFollow(scroller, layout);
  useLineKeys(scroller, layout, moved);
  const tabStop = shown.some(({ id }) => id === selected) ? selected : shown[first]?.id;
  return (
    <div class="logs-main">
      <div class={`line-heads${shown.length === 0 ? ' is-empty' : ''}`} aria-hidden="true">
        <span />
        <span>Time</span>
        <span>Level</span>
        <span>Service</span>
        <span>Tenant</span>
        <span>Message</span>
      </div>
      {tailBehind.value && !linesHeld.value && (
        <p class="behind" role="status">
          <Icon name="error" />
          Lines come faster than they can be shown one by one. The newest are; a search narrows.
        </p>
      )}
      <LogFailure />
      <div
        ref={scroller}
        class="line-scroller"
        onPointerDown={() => (linesTouched.value = shown.length > 0)}
        onScroll={(event) => {
          lastScrollTop = event.currentTarget.scrollTop;
          linesScrolled.value = lastScrollTop > height / 2;
        }}
      >
        <Waiting />
        {shown.length === 0 ? (
          <Nothing />
        ) : (
          <>
            <ol
              class="lines"
              aria-label="Log lines, newest first"
              style={{ height: `${layout.height}px` }}
            >
              {shown.slice(first, last).map((line, index) => (
                <LogRow
                  key={line.id}
                  line={line}
                  position={first + index + 1}
                  count={shown.length}
                  top={layout.topOf(first + index)}
                  tabbable={line.id === tabStop}
                  measured={measured}
                />
              ))}
            </ol>
            <ListEnd />
          </>
        )}
      </div>
    </div>
  );
}
