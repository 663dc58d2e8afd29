// SPDX-License-Identifier: Apache-2.0
// Any JSON value as a tree that folds. Children exist only while unfolded, and in pages, so that
// a huge or deep document costs what is looked at.

import { useState } from 'preact/hooks';
import { visible } from '../format';
import type { Json } from '../types';
import { DataText } from './redacted';

const pageItems = 100;

function Leaf({ value }: { value: Exclude<Json, Json[] | { [key: string]: Json }> }) {
  const kind = value === null ? 'null' : typeof value;
  if (typeof value !== 'string' || value === '') {
    return <bdi class={`json-${kind}`}>{value === '' ? '""' : String(value)}</bdi>;
  }
  return (
    <bdi class="json-string">
      <DataText text={value} />
    </bdi>
  );
}

function entriesOf(value: Json[] | { [key: string]: Json }): [string, Json][] {
  return Array.isArray(value)
    ? value.map((item, index) => [String(index), item])
    : Object.entries(value);
}

function Branch({ label, value, open }: { label: string; value: Json; open: boolean }) {
  const [unfolded, setUnfolded] = useState(open);
  const key = <bdi class="json-key">{visible(label)}</bdi>;
  if (typeof value !== 'object' || value === null) {
    return (
      <li>
        {key} <Leaf value={value} />
      </li>
    );
  }
  const entries = entriesOf(value);
  const size = Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`;
  return (
    <li>
      <details open={unfolded} onToggle={(event) => setUnfolded(event.currentTarget.open)}>
        <summary>
          {key} <span class="json-size">{size}</span>
        </summary>
        {unfolded && (
          <ul>
            <Entries entries={entries} open={false} />
          </ul>
        )}
      </details>
    </li>
  );
}

function Entries({ entries, open }: { entries: readonly [string, Json][]; open: boolean }) {
  const [shown, setShown] = useState(pageItems);
  return (
    <>
      {entries.slice(0, shown).map(([name, item]) => (
        <Branch key={name} label={name} value={item} open={open} />
      ))}
      {entries.length > shown && (
        <li>
          <button type="button" onClick={() => setShown(shown + pageItems)}>
            {entries.length - shown} more
          </button>
        </li>
      )}
    </>
  );
}

interface JsonTreeProps {
  value: { [key: string]: Json };
  /// Levels that start unfolded: 0 or 1.
  unfold?: boolean;
}

export function JsonTree({ value, unfold = false }: JsonTreeProps) {
  return (
    <ul class="json">
      <Entries entries={Object.entries(value)} open={unfold} />
    </ul>
  );
}
