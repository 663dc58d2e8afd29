// SPDX-License-Identifier: Apache-2.0
// What the Logs room is narrowed to, beside the search: a value each, empty for all.

export const facetNames = ['level', 'service', 'tenant'] as const;
export type FacetName = (typeof facetNames)[number];

export const filterNames = [...facetNames, 'group', 'trace', 'minutes'] as const;
export type FilterName = (typeof filterNames)[number];
export type LogFilters = Record<FilterName, string>;

export const noFilters: LogFilters =
  { level: '', service: '', tenant: '', group: '', trace: '', minutes: '' };

/// Choices of time; the console is asked in minutes.
export const periods: readonly [string, string][] = [
  ['', 'Any time'],
  ['5', 'Last 5 minutes'],
  ['15', 'Last 15 minutes'],
  ['60', 'Last hour'],
  ['180', 'Last 3 hours'],
  ['1440', 'Last day'],
];

/// The parameters of a search, as the address and the console know them.
export function logParameters(query: string, filters: LogFilters): URLSearchParams {
  const search = new URLSearchParams();
  if (query !== '') search.set('q', query);
  for (const name of filterNames) {
    if (filters[name] !== '') search.set(name, filters[name]);
  }
  return search;
}

export function readFilters(parameter: (name: string) => string): LogFilters {
  const filters = { ...noFilters };
  for (const name of filterNames) filters[name] = parameter(name);
  if (!/^[1-9]\d{0,6}$/.test(filters.minutes)) filters.minutes = '';
  return filters;
}

const insightsCommand =
  /^\s*(fields|filter|where|stats|sort|limit|parse|display|dedup)\b/i;

/// Whether a search looks like an Insights query. Whether it is one says the console, by its
/// answer: "limit exceeded" are two words.
export function isInsights(query: string): boolean {
  return insightsCommand.test(query) || query.includes('|');
}

/// The search as a text to be found as it stands: what people paste (an id, a path) is no term
/// without quotes. Null where the search seems to mean more than that.
export function asPhrase(query: string): string | null {
  const text = query.trim();
  if (text === '' || /["%]/.test(text) || /^[[{?-]/.test(text) || isInsights(text)) return null;
  return `"${text.replace(/\\/g, '\\\\')}"`;
}
