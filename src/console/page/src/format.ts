// SPDX-License-Identifier: Apache-2.0
// Words and numbers as the page shows them. Pure functions; all text from data passes visible().

import type { TraceSummary } from './types';

export type Outcome = 'fault' | 'throttle' | 'error' | 'running' | 'ok';

interface Flags {
  fault: boolean;
  error: boolean;
  throttle: boolean;
  in_progress: boolean;
}

/// The worst thing that is true: a throttled span is also an error, a fault outranks both.
export function outcomeOf(flags: Flags): Outcome {
  if (flags.fault) return 'fault';
  if (flags.throttle) return 'throttle';
  if (flags.error) return 'error';
  return flags.in_progress ? 'running' : 'ok';
}

export const outcomeWord: Record<Outcome, string> = {
  fault: 'fault',
  throttle: 'throttled',
  error: 'error',
  running: 'running',
  ok: 'ok',
};

const durationUnits: readonly [number, string][] = [
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
  [1e-3, 'ms'],
  [1e-6, 'µs'],
];

/// Three digits in the largest unit: 45.1 µs, 812 ms, 1.24 s. Rounds before it chooses the unit,
/// so 999.6 ms reads 1.00 s and never 1000 ms.
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 0) return '−' + formatDuration(-seconds);
  if (seconds < 5e-10) return '0 µs';
  const rounded = Number(seconds.toPrecision(3));
  const [size, unit] = durationUnits.find(([unitSize]) => rounded >= unitSize) ?? [1e-6, 'µs'];
  const value = rounded / size;
  return `${value.toFixed(value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2)} ${unit}`;
}

/// A mark of the ruler: 0, 200 ms, 1.5 s. Round numbers need no zeros behind them.
export function formatTick(seconds: number): string {
  if (Math.abs(seconds) < 5e-10) return '0';
  return formatDuration(seconds).replace(/(\.\d*?)0+ /, '$1 ').replace('. ', ' ');
}

/// Relative time for lists. One number, one unit.
export function formatAgo(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 1) return 'now';
  if (seconds < 60) return `${Math.floor(seconds)} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86400)} d ago`;
}

/// How long something goes on: 14 s, 3 min, 2 h.
export function formatSpan(seconds: number): string {
  return seconds < 1 ? '1 s' : formatAgo(seconds).replace(' ago', '');
}

/// A rate in the unit in which it is a number: 120/s, 4.2/s, 24/min.
export function formatRate(perSecond: number): string {
  if (!(perSecond > 0)) return '0/s';
  if (perSecond >= 9.95) return `${formatCount(Math.round(perSecond))}/s`;
  if (perSecond >= 0.995) return `${perSecond.toFixed(1)}/s`;
  const perMinute = perSecond * 60;
  return `${perMinute >= 9.95 ? Math.round(perMinute) : Number(perMinute.toPrecision(2))}/min`;
}

/// A share that never rounds to none or all unless it is: 0 %, <0.1 %, 3.2 %, 12 %, 100 %.
export function formatShare(part: number, whole: number): string {
  if (!(whole > 0) || !(part > 0)) return '0 %';
  const percent = (100 * part) / whole;
  if (percent >= 100) return '100 %';
  if (percent < 0.1) return '<0.1 %';
  if (percent > 99) return '>99 %';
  return `${percent >= 9.95 ? Math.round(percent) : percent.toFixed(1)} %`;
}

/// Money at list price, also where it is very little: $0, $0.000125, $1.20.
export function formatUsd(dollars: number): string {
  if (!(dollars > 0)) return '$0';
  if (dollars >= 0.995) {
    const [whole = '0', cents = '00'] = dollars.toFixed(2).split('.');
    return `$${formatCount(Number(whole))}.${cents}`;
  }
  const digits = Math.min(8, Math.ceil(-Math.log10(dollars)) + 2);
  return `$${dollars.toFixed(digits).replace(/0+$/, '').replace(/\.$/, '')}`;
}

/// A difference of clocks to the microsecond, with its sign: +61.000 000 s.
export function formatOffset(seconds: number): string {
  const [whole = '0', micros = '000000'] = Math.abs(seconds).toFixed(6).split('.');
  const sign = seconds < 0 ? '−' : '+';
  return `${sign}${formatCount(Number(whole))}.${micros.slice(0, 3)}\u2009${micros.slice(3)} s`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/// Absolute local time with milliseconds, 2026-11-22 12:21:03.123.
export function formatTime(epochSeconds: number): string {
  const date = new Date(epochSeconds * 1000);
  if (Number.isNaN(date.getTime())) return '–';
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return '–';
  let value = bytes;
  for (const unit of ['B', 'kB', 'MB']) {
    if (value < 999.5) return `${unit === 'B' ? value : Number(value.toPrecision(3))} ${unit}`;
    value /= 1000;
  }
  return `${Number(value.toPrecision(3))} GB`;
}

/// 12 345 678 with thin spaces, so that long counters can be read.
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, '\u2009');
}

/// Ids are told apart by both ends, so the middle goes.
export function shortId(id: string): string {
  return id.length <= 20 ? id : `${id.slice(0, 11)}…${id.slice(-5)}`;
}

// Controls, direction overrides and marks that print nothing: a name must not be able to hide,
// reorder or fake what stands beside it. Joiners (U+200C, U+200D) stay, scripts and emoji use them.
const deceptive = new RegExp(
  '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u061c\\u200b\\u200e\\u200f' +
    '\\u2028-\\u202e\\u2060-\\u206f\\ufeff]',
  'g',
);
const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const codePoint = (char: string): string =>
  `‹U+${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}›`;

/// Text from data, with every character that would lie about itself written out. Line breaks and
/// tabs stay, since a stack needs them; where one line is wanted, CSS folds them.
export function visible(text: string): string {
  return text.replace(deceptive, codePoint).replace(loneSurrogate, '\ufffd');
}

/// The most that is shown of a text where it has one line: nobody reads on, and events may have
/// 256 KiB. What it belongs to unfolds to all of it.
const longestText = 2000;

export function shortened(text: string): string {
  if (text.length <= longestText) return text;
  return `${text.slice(0, longestText).replace(/[\ud800-\udbff]$/, '')}…`;
}

/// What was asked for, as it was recorded: /v1/charges/{id} stays as it is, so no URL parser. Aloft
/// records no path where no route matched; an empty one must not pass for "/".
export function routeOf(summary: Pick<TraceSummary, 'url' | 'name'>): string {
  if (summary.url === '') return summary.name;
  const match = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/is.exec(summary.url);
  if (!match) return summary.url;
  return match[1] || '(no route)';
}

const shortestBar = Math.log10(1e-4);
const longestBar = Math.log10(10);

/// Length of a duration bar, 0 to 1, on one fixed logarithmic scale from 100 µs to 10 s: bars can
/// be compared over time because a new slow trace never rescales the others.
export function barFraction(seconds: number): number {
  if (!(seconds > 0)) return 0;
  const fraction = (Math.log10(seconds) - shortestBar) / (longestBar - shortestBar);
  return Math.min(1, Math.max(0.02, fraction));
}
