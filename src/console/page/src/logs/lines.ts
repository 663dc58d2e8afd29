// SPDX-License-Identifier: Apache-2.0
// What is worth seeing of a line. Lines come from anyone who can write to the console, so nothing
// here trusts a type inside `fields` or `raw`.

import type { Document, Json, LogLine } from '../types';

export type LevelKind = 'fault' | 'error' | 'plain' | 'quiet';

/// How grave a level is, also in the words of other loggers.
export function levelKind(level: string): LevelKind {
  const word = level.toUpperCase();
  if (/^(ERR|FATAL|CRIT|ALERT|EMERG|PANIC|SEVERE)/.test(word)) return 'fault';
  if (/^(WARN|THROTTL)/.test(word)) return 'error';
  return /^(DEBUG|TRACE|FINE|VERBOSE)/.test(word) ? 'quiet' : 'plain';
}

export const gravity: Record<LevelKind, number> = { fault: 3, error: 2, plain: 1, quiet: 0 };

/// The graver of two.
export function worseKind(a: LevelKind, b: LevelKind): LevelKind {
  return gravity[a] >= gravity[b] ? a : b;
}

function isObject(value: Json | undefined): value is Document {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/// A value in one line. Errors, which have a message, are told by it.
function inlineValue(value: Json): string {
  if (Array.isArray(value)) return `[${value.length}]`;
  if (!isObject(value)) return String(value);
  const { message, type, code } = value;
  if (typeof message !== 'string') return `{${Object.keys(value).length}}`;
  const kind = typeof type === 'string' ? type : typeof code === 'string' ? code : '';
  return kind === '' ? message : `${kind}: ${message}`;
}

/// What is looked for first; the others follow as they were logged.
function rank(key: string): number {
  if (/^(error|err|exception|cause|reason|failure)$/i.test(key)) return 0;
  return /^(status|status_code|code|outcome)$/i.test(key) ? 1 : 2;
}

/// Longest value beside a message; the fold has the rest.
const longestValue = 120;

/// The fields to show beside the message, most useful first.
export function inlineFields(fields: Document, most = 8): [string, string][] {
  if (!isObject(fields)) return [];
  return Object.entries(fields)
    .map(([key, value], at) => ({ key, value, order: rank(key) * 1e6 + at }))
    .sort((a, b) => a.order - b.order)
    .slice(0, most)
    .map(({ key, value }) => {
      const text = inlineValue(value);
      return [key, text.length > longestValue ? `${text.slice(0, longestValue)}…` : text];
    });
}

/// A text as a JSON object, or null when it is none.
export function parsedObject(raw: string): Document | null {
  if (!raw.trimStart().startsWith('{')) return null;
  try {
    const value: Json = JSON.parse(raw);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

const timestamp = /"timestamp":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})Z"/;

/// When the line was written. Events are kept to the millisecond, and spans are often shorter: a
/// line of ours says it to the microsecond.
export function exactTime({ time, raw }: Pick<LogLine, 'time' | 'raw'>): number {
  const [, second, fraction] = timestamp.exec(raw.slice(0, 200)) ?? [];
  const exact = second === undefined ? NaN : Date.parse(`${second}Z`) / 1000 + Number(fraction);
  return Math.abs(exact - time) <= 0.001 ? exact : time;
}

/// A filter pattern that finds what a field of the line equals.
export function equalsPattern(field: string, value: string): string {
  return `{ $.${field} = ${JSON.stringify(value)} }`;
}

/// Ids count arrivals, so the longer or later text is the newer.
function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

/// Newest first; inside a millisecond the last to arrive.
export function newestFirst(a: LogLine, b: LogLine): number {
  return b.time - a.time || compareIds(b.id, a.id);
}

/// Oldest first.
export const oldestFirst = (a: LogLine, b: LogLine): number => newestFirst(b, a);
