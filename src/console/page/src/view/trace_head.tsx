// SPDX-License-Identifier: Apache-2.0
// What stands above the waterfall: when, for whom, what failed first, whose colours these are.

import type { ApiError } from '../api';
import { copy } from '../clipboard';
import { formatCount, formatDuration, formatTime, outcomeOf } from '../format';
import { shortId, visible } from '../format';
import { linkTo } from '../route';
import { cameFrom, goBack } from '../state';
import type { FirstError } from '../trace/exceptions';
import type { Span } from '../trace/tree';
import { noFilters } from '../logs/place';
import type { TraceLines, TraceSummary } from '../types';
import { Icon, OutcomeMark } from './icons';
import type { WaterfallState } from './use_waterfall';

/// The way to all of them in the Logs room.
function LinesLink({ id, lines }: { id: string; lines: TraceLines }) {
  const count = lines.lines.length;
  if (count === 0) return null;
  return (
    <a class="lines-link" href={linkTo({ room: 'logs', logs: { ...noFilters, trace: id } })}>
      <span class="mono">
        {formatCount(count)}
        {lines.more && '+'}
      </span>{' '}
      {count === 1 ? 'log line' : 'log lines'}
    </a>
  );
}

function Facts({ summary, lines }: { summary: TraceSummary; lines: TraceLines }) {
  const facts: [string, string][] = [
    ['tenant', summary.tenant],
    ['user', summary.user],
    ['request', summary.request_id],
  ];
  return (
    <p class="facts">
      <time class="mono">{formatTime(summary.start)}</time>
      <span>
        <span class="mono">{formatCount(summary.spans)}</span> spans
      </span>
      <LinesLink id={summary.id} lines={lines} />
      {facts.map(
        ([word, value]) =>
          value !== '' && (
            <span key={word}>
              {word} <bdi class="fact">{visible(value)}</bdi>
            </span>
          ),
      )}
    </p>
  );
}

function FirstErrorLine({ error, show }: { error: FirstError; show: (span: Span) => void }) {
  const outcome = outcomeOf(error.span);
  return (
    <button type="button" class={`first-error is-${outcome}`} onClick={() => show(error.span)}>
      <Icon name={outcome} />
      <span>
        <bdi class="first-error-text">{visible(error.text) || 'failed'}</bdi>{' '}
        <span class="aside">
          in <bdi>{visible(error.span.name)}</bdi>
        </span>
      </span>
    </button>
  );
}

function Legend({ hues }: { hues: ReadonlyMap<string, number> }) {
  return (
    <ul class="legend" aria-label="Services">
      {[...hues].slice(0, 12).map(([service, hue]) => (
        <li key={service}>
          <span class={`swatch hue-${hue}`} />
          <bdi>{visible(service)}</bdi>
        </li>
      ))}
      {hues.size > 12 && <li>and {hues.size - 12} more</li>}
    </ul>
  );
}

export function Gone({ error, id }: { error: ApiError; id: string }) {
  const words: Record<number, string> = {
    400: 'This is not a trace id.',
    404: 'No such trace here. It may have been forgotten, or has not arrived yet.',
  };
  return (
    <section class="page-message">
      <h1>{words[error.status] ?? error.message}</h1>
      <p class="mono">
        <bdi>{visible(id)}</bdi>
      </p>
      <p>This page shows it as soon as it arrives.</p>
      <p>
        <a href="#xray:traces">All traces</a>
        {error.status === 404 && (
          <>
            {' · '}
            <a href={linkTo({ room: 'logs', logs: { ...noFilters, trace: id } })}>Its log lines</a>
          </>
        )}
      </p>
    </section>
  );
}

type TitleProps = Pick<TraceHeadProps, 'summary' | 'seconds' | 'title'>;

function Title({ summary, seconds, title }: TitleProps) {
  return (
    <div class="trace-title">
      <a
        class="back"
        href={linkTo(cameFrom.value)}
        aria-label="Back"
        onClick={(event) => {
          event.preventDefault();
          goBack();
        }}
      >
        <Icon name="back" />
      </a>
      <h1>
        <bdi>{visible(title)}</bdi>
      </h1>
      <OutcomeMark outcome={outcomeOf(summary)} status={summary.status} />
      {!summary.in_progress && (
        <span class="mono trace-duration">{formatDuration(seconds)}</span>
      )}
    </div>
  );
}

function CopyButton({ id }: { id: string }) {
  return (
    <button type="button" title={id} onClick={() => void copy(id, 'trace id')}>
      <Icon name="copy" />
      <span class="mono">{shortId(id)}</span>
    </button>
  );
}

function Switches({ state }: { state: WaterfallState }) {
  const switches: [string, string, boolean | undefined, () => void][] = [
    ['Critical path', 'c', state.critical !== null, state.toggleCritical],
    ['Self time', 's', state.showSelf, state.toggleSelf],
    ['Fold all', '{', undefined, state.foldAll],
    ['Unfold all', '}', undefined, state.unfoldAll],
  ];
  if (state.zoomed) switches.push(['Whole trace', '0', undefined, () => state.setView(state.full)]);
  return (
    <>
      {switches.map(([word, key, on, act]) => (
        <button type="button" key={word} title={`${word} (${key})`} aria-pressed={on} onClick={act}>
          {word}
        </button>
      ))}
    </>
  );
}

interface TraceHeadProps {
  summary: TraceSummary;
  /// How long it took, with clocks put right.
  seconds: number;
  title: string;
  failure: FirstError | null;
  hues: ReadonlyMap<string, number>;
  lines: TraceLines;
  state: WaterfallState;
}

export function TraceHead(props: TraceHeadProps) {
  const { summary, failure, hues, lines, state } = props;
  return (
    <header class="trace-head">
      <Title {...props} />
      <Facts summary={summary} lines={lines} />
      {failure && <FirstErrorLine error={failure} show={state.show} />}
      <div class="trace-tools">
        <Switches state={state} />
        <CopyButton id={summary.id} />
        <Legend hues={hues} />
      </div>
    </header>
  );
}
