// SPDX-License-Identifier: Apache-2.0
// The log lines of the trace on screen. A trace that is over has all of them; to one that just
// happened, or goes on, they come as they arrive.

import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, fetchTraceLines, lineEventsUrl } from '../api';
import { logParameters, noFilters } from '../logs/place';
import { tailWhileSeen } from '../seen_stream';
import { epoch, now } from '../state';
import type { LogLine, TraceLines, TraceSummary } from '../types';

/// Exporters send within seconds; after this nothing comes any more.
const lateSeconds = 60;
/// Lines kept; the console answers as many.
const mostLines = 1000;

const none: TraceLines = { lines: [], more: false };

function joined(old: TraceLines, arrived: readonly LogLine[]): TraceLines {
  const known = new Set(old.lines.map(({ id }) => id));
  const fresh = arrived.filter(({ id }) => !known.has(id));
  if (fresh.length === 0) return old;
  const room = Math.max(0, mostLines - old.lines.length);
  return { lines: old.lines.concat(fresh.slice(0, room)), more: old.more || fresh.length > room };
}

/// Seconds for which lines of the trace may still come; 0 when it is over.
function secondsLeft({ in_progress: goesOn, start, duration }: TraceSummary): number {
  const left = start + duration + lateSeconds - now.peek();
  // The clocks of those that recorded it may be ahead of the console's.
  return goesOn ? lateSeconds : Math.min(Math.max(0, left), lateSeconds);
}

/// Becomes true when nothing comes any more: browsers have six connections to one host.
function useOver(summary: TraceSummary): boolean {
  const { in_progress: goesOn, start, duration } = summary;
  const [over, setOver] = useState(() => secondsLeft(summary) === 0);
  useEffect(() => {
    const left = secondsLeft(summary);
    setOver(left === 0);
    if (goesOn || left === 0) return undefined;
    const timer = window.setTimeout(() => setOver(true), left * 1000);
    return () => window.clearTimeout(timer);
  }, [goesOn, start, duration]);
  return over;
}

export function useTraceLines(summary: TraceSummary): TraceLines {
  const { id } = summary;
  const [read, setRead] = useState(none);
  const mounted = useRef(true);
  const over = useOver(summary);
  const readIt = (): void => {
    fetchTraceLines(id).then(
      (answer) => mounted.current && setRead(answer),
      (error: unknown) => {
        // A console without logs has no lines of it; the banner tells of one that is gone.
        if (!(error instanceof ApiError)) throw error;
      },
    );
  };
  useEffect(readIt, [id, epoch.value]);
  useEffect(() => {
    if (over) return undefined;
    const search = logParameters('', { ...noFilters, trace: id });
    return tailWhileSeen(lineEventsUrl(search), {
      // For a console that does not say when it is ready.
      onConnection: ({ state }) => state === 'live' && readIt(),
      onEvent: ({ event, data }) => {
        // From 'ready' on every line comes; a reset leaves some out.
        if (event === 'ready' || event === 'reset') readIt();
        if (event !== 'lines') return;
        const { lines } = JSON.parse(data) as { lines: LogLine[] };
        setRead((old) => joined(old, lines));
      },
    });
  }, [id, over]);
  useEffect(() => () => void (mounted.current = false), []);
  return read;
}
