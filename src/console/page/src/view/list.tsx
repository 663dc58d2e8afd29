// SPDX-License-Identifier: Apache-2.0
// The live list of traces.

import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useKeys } from '../keys';
import { phone } from '../media';
import {
  forgetAll,
  go,
  hasOlder,
  held,
  listError,
  listFull,
  listLoaded,
  paused,
  query,
  readOlder,
  rows,
  scrolledAway,
  search,
  selectedId,
  showWaiting,
  togglePaused,
  waitingCount,
} from '../state';
import { rowLimit } from '../trace_list';
import { FirstSteps } from './first_steps';
import { Icon } from './icons';
import { Live } from './live';
import { TraceRow } from './row';
import { SearchBox } from './search_box';
import { useWindow } from './use_window';

/// Heights of list.css: a table row, a card.
const rowHeight = 32;
const cardHeight = 88;

/// Where the reader was, while a trace is open.
let lastScrollTop = 0;

function LiveControl() {
  return (
    <div class="live">
      <Live held={held.value} paused={paused.value} toggle={togglePaused} />
      <Forget />
    </div>
  );
}

/// Asks before it forgets: the first press arms, the second acts, anything else disarms.
function Forget() {
  const [armed, setArmed] = useState(false);
  return (
    <button
      type="button"
      class={armed ? 'is-armed' : ''}
      disabled={rows.value.length === 0}
      onBlur={() => setArmed(false)}
      onClick={() => {
        if (armed) void forgetAll();
        setArmed(!armed);
      }}
    >
      {armed ? 'Forget all traces?' : 'Clear'}
    </button>
  );
}

function Waiting({ toTop }: { toTop: () => void }) {
  const count = waitingCount.value;
  if (count === 0 || !held.value) return null;
  return (
    <button type="button" class="waiting" onClick={toTop}>
      <Icon name="up" />
      <span class="mono">{count >= rowLimit ? `${rowLimit}+` : count}</span> new
    </button>
  );
}

function Nothing() {
  const error = listError.value;
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setLate(true), 200);
    return () => window.clearTimeout(timer);
  }, []);
  if (error && error.status !== 400 && error.status !== 0) {
    return (
      <section class="page-message">
        <p class="is-fault">The list could not be read: {error.message}</p>
      </section>
    );
  }
  if (!listLoaded.value) return late ? <p class="page-message">Reading traces…</p> : null;
  if (query.value === '') return <FirstSteps />;
  return (
    <section class="page-message">
      <p>No trace matches this search.</p>
      <button type="button" onClick={() => search('')}>
        Clear the search
      </button>
    </section>
  );
}

function ListEnd() {
  if (hasOlder.value) {
    return (
      <button type="button" class="older" onClick={() => void readOlder()}>
        Older traces
      </button>
    );
  }
  return (
    <p class="older">
      {listFull.value ? `The newest ${rowLimit} are shown; search to see others.` : 'That is all.'}
    </p>
  );
}

/// j k and their like. `moved` hears that the selection moved, so that the focus can follow.
function useListKeys(
  scroller: RefObject<HTMLElement | null>,
  height: number,
  moved: () => void,
): void {
  const move = (by: number): void => {
    const traces = rows.value;
    const at = traces.findIndex((trace) => trace.id === selectedId.value);
    const start = Math.ceil((scroller.current?.scrollTop ?? 0) / height);
    const to = at < 0 ? start : Math.min(traces.length - 1, Math.max(0, at + by));
    const trace = traces[to];
    const element = scroller.current;
    if (!trace || !element) return;
    selectedId.value = trace.id;
    moved();
    const top = to * height;
    if (top < element.scrollTop) element.scrollTop = top;
    const below = top + height - element.clientHeight;
    if (below > element.scrollTop) element.scrollTop = below;
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: (event) => {
      const target = event.target instanceof HTMLElement ? event.target : null;
      const control = target?.closest<HTMLElement>('a:not(.row-link), button');
      // A fast j enter must open what j chose, also before the focus has followed.
      if (control) control.click();
      else if (selectedId.value !== '') {
        go({ room: 'trace', traceId: selectedId.value });
      }
    },
    p: togglePaused,
    Escape: () => {
      selectedId.value = '';
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    },
  });
}

function Rows({ first, last, height }: { first: number; last: number; height: number }) {
  const traces = rows.value;
  const tabStop = traces.some((trace) => trace.id === selectedId.value)
    ? selectedId.value
    : traces[first]?.id;
  return (
    <ol
      class="rows"
      aria-label="Traces, newest first"
      style={{ height: `${traces.length * height}px` }}
    >
      {traces.slice(first, last).map((trace, index) => (
        <TraceRow
          key={trace.id}
          trace={trace}
          position={first + index + 1}
          count={traces.length}
          top={(first + index) * height}
          tabbable={trace.id === tabStop}
        />
      ))}
    </ol>
  );
}

export function ListRoom() {
  const scroller = useRef<HTMLDivElement>(null);
  const height = phone.value ? cardHeight : rowHeight;
  const traces = rows.value;
  const { first, last } = useWindow(scroller, traces.length, height);
  const selected = selectedId.value;
  const wantsFocus = useRef(selected !== '');

  useEffect(() => {
    document.title = 'Traces · Aloft console';
  }, []);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element) element.scrollTop = lastScrollTop;
  }, []);
  useEffect(() => {
    // A key may have moved the selection since this was drawn: the next drawing has the focus then.
    if (!wantsFocus.current || selected === '' || selected !== selectedId.peek()) return;
    const link = scroller.current?.querySelector<HTMLElement>(
      `.row-link[data-trace="${CSS.escape(selected)}"]`,
    );
    if (!link) return;
    wantsFocus.current = false;
    link.focus({ preventScroll: true });
  });

  const toTop = (): void => {
    selectedId.value = '';
    paused.value = false;
    scroller.current?.scrollTo({ top: 0 });
    showWaiting();
  };
  useListKeys(scroller, height, () => (wantsFocus.current = true));

  return (
    <div class="list-room">
      <h1 class="offscreen">Traces</h1>
      <div class="list-tools">
        <SearchBox />
        <LiveControl />
      </div>
      <div class={`row-heads${traces.length === 0 ? ' is-empty' : ''}`} aria-hidden="true">
        <span>Time</span>
        <span>Service</span>
        <span>Route</span>
        <span>Status</span>
        <span>Duration</span>
        <span>Tenant</span>
        <span>Error</span>
      </div>
      <div
        ref={scroller}
        class="list-scroller"
        onScroll={(event) => {
          lastScrollTop = event.currentTarget.scrollTop;
          scrolledAway.value = lastScrollTop > height / 2;
        }}
      >
        <Waiting toTop={toTop} />
        {traces.length === 0 ? (
          <Nothing />
        ) : (
          <>
            <Rows first={first} last={last} height={height} />
            <ListEnd />
          </>
        )}
      </div>
    </div>
  );
}
