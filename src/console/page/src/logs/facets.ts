// SPDX-License-Identifier: Apache-2.0
// How many lines there are of each level, service and tenant.

import type { FacetValue, LogLine, LogPage } from '../types';
import type { FacetName } from './place';

export type Facets = LogPage['facets'];

export const noFacets: Facets = { level: [], service: [], tenant: [] };

/// Different values kept of one facet; a reader narrows by the search beyond that.
const mostValues = 200;

function grown(values: readonly FacetValue[], lines: readonly LogLine[], name: FacetName) {
  const counts = new Map(values.map(({ value, count }) => [value, count]));
  for (const line of lines) {
    const value = line[name];
    if (value === '' || (counts.size >= mostValues && !counts.has(value))) continue;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].map(([value, count]) => ({ value, count }));
}

/// The counts with lines that arrived since. Values keep their places: nothing moves.
export function addToFacets(facets: Facets, lines: readonly LogLine[]): Facets {
  if (lines.length === 0) return facets;
  return {
    level: grown(facets.level, lines, 'level'),
    service: grown(facets.service, lines, 'service'),
    tenant: grown(facets.tenant, lines, 'tenant'),
  };
}
