// SPDX-License-Identifier: Apache-2.0
// A search of the Logs room as a command of the aws CLI that finds the same lines: against the
// console with its endpoint, against AWS without.

import { facetNames, type LogFilters } from './place';

export interface CommandInput {
  query: string;
  /// The search is an Insights query.
  insights: boolean;
  filters: LogFilters;
  /// Log groups to ask; filter-log-events takes one, so there is a command for each.
  groups: readonly string[];
  endpoint: string;
}

/// More commands than this are no help to anybody.
const mostGroups = 5;

/// Names in an event, by the names of the filters.
const fieldOf: Record<string, string> = { level: 'level', service: 'service', tenant: 'tenant_id',
  trace: 'trace_id' };

/// A word of a POSIX shell.
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, "'\\''")}'`;
}

function conditions(filters: LogFilters): [string, string][] {
  return [...facetNames, 'trace' as const]
    .filter((name) => filters[name] !== '')
    .map((name) => [fieldOf[name] ?? name, JSON.stringify(filters[name])]);
}

/// Search and filters in one filter pattern, or null where that language cannot say both.
export function combinedPattern(query: string, filters: LogFilters): string | null {
  const more = conditions(filters);
  const text = query.trim();
  if (more.length === 0) return text;
  const wanted = more.map(([field, value]) => `$.${field} = ${value}`).join(' && ');
  if (text === '') return `{ ${wanted} }`;
  const object = /^\{(.*)\}$/s.exec(text);
  if (object) return `{ (${(object[1] ?? '').trim()}) && ${wanted} }`;
  // Words that may be missing ("?a ?b"), columns and expressions join nothing.
  if (/(^|\s)\?/.test(text) || text.startsWith('[') || text.includes('%')) return null;
  const phrases = more.map(([field, value]) => JSON.stringify(`"${field}":${value}`));
  return [text, ...phrases].join(' ');
}

function insightsQuery(query: string, filters: LogFilters): string {
  const more = conditions(filters).map(([field, value]) => `${field} = ${value}`);
  return more.length === 0 ? query.trim() : `filter ${more.join(' and ')} | ${query.trim()}`;
}

function startQuery({ query, filters, groups, endpoint }: CommandInput): string {
  const from = filters.minutes === '' ? '0' : `$(date -d '-${filters.minutes} minutes' +%s)`;
  return [
    'id=$(aws logs start-query', `--endpoint-url ${endpoint}`,
    `--log-group-names ${groups.map(shellWord).join(' ')}`,
    `--start-time ${from} --end-time $(date +%s)`,
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
  const from = filters.minutes === ''
    ? [] : [`--start-time $(date -d '-${filters.minutes} minutes' +%s000)`];
  const words = pattern === '' ? [] : [`--filter-pattern ${shellWord(pattern)}`];
  return groups
    .map((group) => ['aws logs filter-log-events', `--endpoint-url ${endpoint}`,
      `--log-group-name ${shellWord(group)}`, ...from, ...words].join(' '))
    .join('\n');
}
