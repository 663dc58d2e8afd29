// SPDX-License-Identifier: Apache-2.0
// Three small charts over the same minutes, drawn by hand: thirty points and three lines need no
// library. One pointer reads all three.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { formatDuration, formatRate, formatShare, formatTick, formatTime } from '../format';
import { highest, linePath, niceCeiling, seriesOf, type Line, type Series } from '../series';
import type { Overview } from '../types';
import { Icon } from './icons';

const height = 48;
/// A share of failures is drawn up to at least this much, so that one in a thousand stays low.
const leastShare = 0.05;

interface ChartProps {
  title: string;
  label: string;
  /// What the upper end of the axis stands for.
  top: string;
  count: number;
  at: number;
  choose: (at: number) => void;
  legend: ComponentChildren;
  children: ComponentChildren;
}

function Chart({ title, label, top, count, at, choose, legend, children }: ChartProps) {
  const follow = (event: PointerEvent & { currentTarget: SVGSVGElement }): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const place = Math.floor(((event.clientX - left) / Math.max(1, width)) * count);
    choose(Math.min(count - 1, Math.max(0, place)));
  };
  return (
    <figure class="chart">
      <figcaption>
        <span>{title}</span>
        <span class="chart-legend">{legend}</span>
      </figcaption>
      <div class="chart-area">
        <svg
          viewBox={`0 0 ${Math.max(1, count)} ${height}`}
          preserveAspectRatio="none"
          role="img"
          aria-label={label}
          onPointerMove={follow}
          onPointerDown={follow}
          onPointerLeave={() => choose(-1)}
        >
          {children}
          {at >= 0 && <path class="chart-cursor" d={`M${at + 0.5} 0V${height}`} />}
        </svg>
        <span class="chart-top mono" aria-hidden="true">
          {top}
        </span>
      </div>
    </figure>
  );
}

/// The value to read: under the pointer, else the newest.
const valueOf = (line: Line, at: number): number | null =>
  (at >= 0 ? line[at] : line[line.length - 1]) ?? null;

function Read({ kind, word, value }: { kind: string; word: string; value: string }) {
  return (
    <span class={`read is-${kind}`}>
      {kind === 'fault' || kind === 'error' ? <Icon name={kind} /> : <span class="key" />}
      {word} <span class="mono">{value}</span>
    </span>
  );
}

interface PartProps {
  series: Series;
  at: number;
  choose: (at: number) => void;
}

function RateChart({ series, at, choose }: PartProps) {
  const top = niceCeiling(highest(series.rate));
  const now = formatRate(valueOf(series.rate, at) ?? 0);
  const path = linePath(series.rate, top, height);
  const count = series.rate.length;
  return (
    <Chart
      title="Requests"
      label={`Requests: ${now}, at most ${formatRate(highest(series.rate))}`}
      top={formatRate(top)}
      count={count}
      at={at}
      choose={choose}
      legend={<Read kind="rate" word="" value={now} />}
    >
      {count > 0 && <path class="area" d={`${path}V${height}H0.5z`} />}
      <path class="line is-rate" d={path} />
    </Chart>
  );
}

function FailureChart({ series, at, choose }: PartProps) {
  const { faults, errors } = series;
  const both = faults.map((fault, index) => (fault ?? 0) + (errors[index] ?? 0));
  const top = Math.min(1, niceCeiling(Math.max(leastShare, highest(both))));
  const share = (line: Line): string => formatShare(valueOf(line, at) ?? 0, 1);
  const bar = (index: number, from: number, size: number, kind: string) => size > 0 && (
    <rect
      key={`${kind}${index}`}
      class={`chart-bar is-${kind}`}
      x={index + 0.1}
      width="0.8"
      y={height - ((from + size) / top) * height}
      height={Math.max(1.5, (size / top) * height)}
    />
  );
  return (
    <Chart
      title="Failed"
      label={`Failed: ${share(faults)} faults, ${share(errors)} errors`}
      top={formatShare(top, 1)}
      count={faults.length}
      at={at}
      choose={choose}
      legend={
        <>
          <Read kind="fault" word="faults" value={share(faults)} />
          <Read kind="error" word="errors" value={share(errors)} />
        </>
      }
    >
      {faults.map((fault, index) => [
        bar(index, 0, fault ?? 0, 'fault'),
        bar(index, fault ?? 0, errors[index] ?? 0, 'error'),
      ])}
    </Chart>
  );
}

function LatencyChart({ series, at, choose }: PartProps) {
  const { p50, p99 } = series;
  const top = niceCeiling(highest(p99));
  const read = (line: Line): string => {
    const value = valueOf(line, at);
    return value === null ? '–' : formatDuration(value);
  };
  return (
    <Chart
      title="Latency"
      label={`Latency: p50 ${read(p50)}, p99 ${read(p99)}, at most ${formatDuration(highest(p99))}`}
      top={formatTick(top)}
      count={p99.length}
      at={at}
      choose={choose}
      legend={
        <>
          <Read kind="p50" word="p50" value={read(p50)} />
          <Read kind="p99" word="p99" value={read(p99)} />
        </>
      }
    >
      <path class="line is-p50" d={linePath(p50, top, height)} />
      <path class="line is-p99" d={linePath(p99, top, height)} />
    </Chart>
  );
}

export function Charts({ overview }: { overview: Overview }) {
  const [chosen, choose] = useState(-1);
  const series = seriesOf(overview.series, overview.now - 60 * overview.minutes, overview.now);
  const at = Math.min(chosen, series.starts.length - 1);
  const start = series.starts[at];
  const part = { series, at, choose };
  return (
    <section class="card card-charts" aria-labelledby="card-charts">
      <h2 id="card-charts">
        Last {overview.minutes} minutes{' '}
        <span class="aside mono">
          {start === undefined ? `${series.seconds} s a step` : formatTime(start).slice(11, 19)}
        </span>
      </h2>
      <RateChart {...part} />
      <FailureChart {...part} />
      <LatencyChart {...part} />
    </section>
  );
}
