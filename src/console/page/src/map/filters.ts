// SPDX-License-Identifier: Apache-2.0
// From something on the map to the search that lists its traces. The search knows the services of
// a trace, but not its databases and hosts: those are found through their callers.

import { formatDuration } from '../format';
import { searchWord } from '../search';
import type { MapNode, ServiceMap } from '../types';

export interface Filter {
  /// Words of the search; empty lists everything.
  q: string;
  /// Names that the search does not know, so that the page can say so.
  left: string[];
}

const searchable = (node: MapNode): boolean => node.kind === 'service';

export function nodeFilter(map: ServiceMap, node: MapNode): Filter {
  if (node.kind === 'client') return { q: '', left: [] };
  if (searchable(node)) return { q: searchWord(node.name), left: [] };
  const callers = map.edges.filter(({ to }) => to === node.id);
  const only = callers.length === 1 ? callers[0] : undefined;
  const caller = map.nodes.find(({ id }) => id === only?.from);
  return { q: caller && searchable(caller) ? searchWord(caller.name) : '', left: [node.name] };
}

export function edgeFilter(from: MapNode, to: MapNode): Filter {
  const ends = [from, to].filter(({ kind }) => kind !== 'client');
  const words = ends.filter(searchable).map(({ name }) => searchWord(name));
  return {
    q: [...new Set(words)].filter((word) => word !== '').join(' '),
    left: ends.filter((end) => !searchable(end)).map(({ name }) => name),
  };
}

export function withWord(q: string, word: string): string {
  return [q, word].filter((part) => part !== '').join(' ');
}

/// A trace takes at least as long as a call in it, so this finds every call that slow. Rounded
/// down to two digits: a search should be readable, and must not lose the call it came from.
export function slowWord(seconds: number): string {
  if (!(seconds > 0)) return 'duration>=0';
  const step = 10 ** (Math.floor(Math.log10(seconds)) - 1);
  const rounded = Math.floor(seconds / step + 1e-9) * step;
  return `duration>=${Number(rounded.toPrecision(2))}`;
}

export const slowLabel = (word: string): string =>
  `At least ${formatDuration(Number(word.slice('duration>='.length)))}`;
