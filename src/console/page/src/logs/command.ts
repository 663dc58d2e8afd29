// SPDX-License-Identifier: Apache-2.0
// A search of the Logs room as a command of the aws CLI that finds the same lines: against the
// console with its endpoint, against AWS without. Words beside a filter become phrases: those find
// events as Aloft writes them, JSON without blanks.

import { facetNames, type LogFilters } from './place';

export interface CommandInput {
  query: string;
  /// The search is an Insights query.
  insights: boolean;
  filters: LogFilters;
  /// Log groups to ask; filter-log-events takes one, so there is a command for each.
  groups: readonly string[];
  endpoint: string;
  /// Seconds since the epoch: "the last 15 minutes" end here.
  now: number;
}

/// More commands than this are no help to anybody.
const mostGroups = 5;

/// Where the console looks for a filter's value in an event; the first is how Aloft writes it.
const fieldsOf = { level: ['level'], service: ['service'], tenant: ['tenant_id', 'tenant'],
  trace: ['trace_id'] };

/// The ways to write a value that the console takes for the same, again the first Aloft's.
function spellings(name: keyof typeof fieldsOf, value: string): string[] {
  if (name === 'level') {
    const [upper, lower] = [value.toUpperCase(), value.toLowerCase()];
    return [...new Set([value, upper, lower, upper.slice(0, 1) + lower.slice(1)])];
  }
  const [, time, rest] = /^(?:1-)?([\da-f]{8})-?([\da-f]{24})$/i.exec(value) ?? [];
  return name === 'trace' && rest !== undefined ? [`1-${time}-${rest}`, `${time}${rest}`] : [value];
}

/// A word of a POSIX shell.
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`;
}

/// For each filter, the pairs of field and value of which one must be in an event.
function conditions(filters: LogFilters): [string, string][][] {
  return [...facetNames, 'trace' as const]
    .filter((name) => filters[name] !== '')
    .map((name) => fieldsOf[name].flatMap((field) =>
      spellings(name, filters[name]).map((value): [string, string] =>
        [field, JSON.stringify(value)])));
}

/// "a and (b or c)" in the words of a language.
function allOf(wanted: [string, string][][], prefix: string, and: string, or: string): string {
  return wanted.map((ways) => {
    const one = ways.map(([field, value]) => `${prefix}${field} = ${value}`).join(or);
    return ways.length > 1 ? `(${one})` : one;
  }).join(and);
}

/// Search and filters in one filter pattern, or null where that language cannot say both.
export function combinedPattern(query: string, filters: LogFilters): string | null {
  const more = conditions(filters);
  const text = query.trim();
  if (more.length === 0) return text;
  const wanted = allOf(more, '$.', ' && ', ' || ');
  if (text === '') return `{ ${wanted} }`;
  const object = /^\{(.*)\}$/s.exec(text);
  if (object) return `{ (${(object[1] ?? '').trim()}) && ${wanted} }`;
  // Words that may be missing ("?a ?b"), columns and expressions join nothing.
  if (/(^|\s)\?/.test(text) || text.startsWith('[') || text.includes('%')) return null;
  const phrases = more.map(([[field, value] = ['', '']]) => JSON.stringify(`"${field}":${value}`));
  return [text, ...phrases].join(' ');
}

function insightsQuery(query: string, filters: LogFilters): string {
  const wanted = allOf(conditions(filters), '', ' and ', ' or ');
  return wanted === '' ? query.trim() : `filter ${wanted} | ${query.trim()}`;
}

/// Seconds since the epoch, counted here: `date -d` is GNU's alone.
function startOf({ filters, now }: CommandInput): number {
  return filters.minutes === '' ? 0 : Math.floor(now - 60 * Number(filters.minutes));
}

function startQuery(input: CommandInput): string {
  const { query, filters, groups, endpoint } = input;
  return [
    'id=$(aws logs start-query', `--endpoint-url ${endpoint}`,
    `--log-group-names ${groups.map(shellWord).join(' ')}`,
    `--start-time ${startOf(input)} --end-time $(date +%s)`,
    `--query-string ${shellWord(insightsQuery(query, filters))}`,
    '--query queryId --output text)',
  ].join(' ') + `; sleep 1; aws logs get-query-results --endpoint-url ${endpoint} --query-id "$id"`;
}

/// The command, or null: nothing was logged yet, or AWS's language cannot say it.
export function awsCommand(input: CommandInput): string | null {
  const { query, insights, filters, groups, endpoint } = input;
  if (groups.length === 0) return null;
  if (insights) return startQuery({ ...input, groups: groups.slice(0, 50) });
  const pattern = combinedPattern(query, filters);
  if (pattern === null || groups.length > mostGroups) return null;
  const from = filters.minutes === '' ? [] : [`--start-time ${startOf(input)}000`];
  const words = pattern === '' ? [] : [`--filter-pattern ${shellWord(pattern)}`];
  return groups
    .map((group) => ['aws logs filter-log-events', `--endpoint-url ${endpoint}`,
      `--log-group-name ${shellWord(group)}`, ...from, ...words].join(' '))
    .join('\n');
}
