// SPDX-License-Identifier: Apache-2.0
// One trace of the list: a link, laid out as a table row, or as a card on a phone.

import { barFraction, formatAgo, formatDuration, formatTime } from '../format';
import { outcomeOf, routeOf, visible } from '../format';
import { linkTo } from '../route';
import { now, selectedId } from '../state';
import type { TraceSummary } from '../types';
import { OutcomeMark } from './icons';

function Ago({ start }: { start: number }) {
  return (
    <time class="cell-time mono" title={formatTime(start)}>
      {formatAgo(now.value - start)}
    </time>
  );
}

function Duration({ trace }: { trace: TraceSummary }) {
  const fraction = trace.in_progress ? 0 : barFraction(trace.duration);
  const width = `${(fraction * 100).toFixed(1)}%`;
  return (
    <span class="cell-duration" title="Bar: logarithmic, 100 µs to 10 s">
      <span class="bar">
        <span class={`bar-fill is-${outcomeOf(trace)}`} style={{ width }} />
      </span>
      <span class="mono">{trace.in_progress ? '…' : formatDuration(trace.duration)}</span>
    </span>
  );
}

interface RowProps {
  trace: TraceSummary;
  position: number;
  count: number;
  top: number;
  tabbable: boolean;
}

export function TraceRow({ trace, position, count, top, tabbable }: RowProps) {
  const selected = selectedId.value === trace.id;
  const route = routeOf(trace);
  const errorText = visible(trace.error_text);
  return (
    <li
      class={`row${selected ? ' is-selected' : ''}`}
      style={{ transform: `translateY(${top}px)` }}
      aria-setsize={count}
      aria-posinset={position}
    >
      <a
        class="row-link"
        href={linkTo({ room: 'trace', traceId: trace.id, query: '', spanId: '' })}
        tabIndex={tabbable ? 0 : -1}
        data-trace={trace.id}
        aria-current={selected ? 'true' : undefined}
        onClick={() => (selectedId.value = trace.id)}
      >
        <Ago start={trace.start} />
        <span class="cell-service">
          <bdi>{visible(trace.service) || '–'}</bdi>
        </span>
        <span class="cell-route" title={visible(trace.url)}>
          {trace.method !== '' && <span class="method">{visible(trace.method)} </span>}
          <bdi>{visible(route) || '–'}</bdi>
        </span>
        <span class="cell-status">
          <OutcomeMark outcome={outcomeOf(trace)} status={trace.status} />
        </span>
        <Duration trace={trace} />
        <span class="cell-tenant">
          <bdi>{visible(trace.tenant)}</bdi>
        </span>
        <span class="cell-error" title={errorText}>
          <bdi>{errorText}</bdi>
        </span>
      </a>
    </li>
  );
}
