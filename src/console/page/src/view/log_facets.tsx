// SPDX-License-Identifier: Apache-2.0
// What the lines can be narrowed to, with counts; and what they are narrowed to, to take off again.

import { useState } from 'preact/hooks';
import { formatCount, shortId, visible } from '../format';
import { facets, logsPlace, toggleFilter } from '../logs_state';
import { facetNames, filterNames, type FacetName, type FilterName } from '../logs/place';
import { phone } from '../media';
import type { FacetValue } from '../types';
import { Icon } from './icons';
import { LevelMark } from './log_parts';

/// Values shown before the reader asks for all.
const firstValues = 8;

const titles: Record<FacetName, string> = { level: 'Level', service: 'Service', tenant: 'Tenant' };

function Value({ name, entry, chosen }: { name: FacetName; entry: FacetValue; chosen: boolean }) {
  return (
    <li>
      <button
        type="button"
        class="facet-value"
        aria-pressed={chosen}
        onClick={() => toggleFilter(name, entry.value)}
      >
        {name === 'level' ? <LevelMark level={entry.value} /> : <bdi>{visible(entry.value)}</bdi>}
        <span class="mono">{formatCount(entry.count)}</span>
      </button>
    </li>
  );
}

function Facet({ name }: { name: FacetName }) {
  const [all, setAll] = useState(false);
  const chosen = logsPlace.value.logs[name];
  const values = facets.value[name].filter(({ value }) => value !== '');
  const counted = values.some(({ value }) => value === chosen);
  // What is chosen stays to be seen, and taken off, also when nothing has it any more.
  const known = chosen === '' || counted ? values : [{ value: chosen, count: 0 }, ...values];
  if (known.length === 0) return null;
  const shown = all ? known : known.slice(0, firstValues);
  return (
    <section aria-labelledby={`facet-${name}`}>
      <h2 id={`facet-${name}`}>{titles[name]}</h2>
      <ul>
        {shown.map((entry) => (
          <Value key={entry.value} name={name} entry={entry} chosen={entry.value === chosen} />
        ))}
      </ul>
      {known.length > shown.length && (
        <button type="button" class="facet-more" onClick={() => setAll(true)}>
          {known.length - shown.length} more
        </button>
      )}
    </section>
  );
}

export function LogFacets() {
  const body = facetNames.map((name) => <Facet key={name} name={name} />);
  if (!phone.value) {
    return (
      <aside class="facets" aria-label="Narrow to">
        {body}
      </aside>
    );
  }
  return (
    <details class="facets">
      <summary>
        <Icon name="filter" />
        Narrow to a level, service or tenant
      </summary>
      <div class="facets-body">{body}</div>
    </details>
  );
}

function shown(name: FilterName, value: string): string {
  return name === 'trace' ? shortId(value) : value;
}

/// One chip for each filter but the time, which has a field of its own.
export function FilterChips() {
  const { logs } = logsPlace.value;
  const chosen = filterNames.filter((name) => name !== 'minutes' && logs[name] !== '');
  if (chosen.length === 0) return null;
  return (
    <ul class="chips filter-chips" aria-label="Narrowed to">
      {chosen.map((name) => (
        <li key={name}>
          <button
            type="button"
            class="chip"
            title={`${name} ${visible(logs[name])}: take off`}
            onClick={() => toggleFilter(name, logs[name])}
          >
            <span class="aside">{name}</span>
            <bdi>{visible(shown(name, logs[name]))}</bdi>
            <Icon name="close" />
            <span class="offscreen">, take off</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
