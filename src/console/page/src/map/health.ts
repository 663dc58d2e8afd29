// SPDX-License-Identifier: Apache-2.0
// What the figures of a node or an edge mean in one word, so that colour is never alone.

import { formatShare } from '../format';
import type { MapEdge, MapNode, Problem, ServiceMap, Stats } from '../types';

export type Health = 'fault' | 'throttle' | 'error' | 'ok' | 'quiet';

/// One fault among thousands is told, but alarms nobody; clients may be refused often.
const alarming = { fault: 0.01, throttle: 0.05, error: 0.5 };

/// What is said of a node or an edge.
export interface Verdict {
  /// How alarmed to be.
  health: Health;
  /// The worst that happened at all, and its share in words.
  tone: Health;
  word: string;
}

/// `blamed`: a problem of this moment names it, so few faults are enough.
export function judge(stats: Stats, blamed = false): Verdict {
  const { requests, fault, throttle, error } = stats;
  if (!(requests > 0)) return { health: 'quiet', tone: 'quiet', word: 'quiet' };
  const parts: ['fault' | 'throttle' | 'error', number, string][] = [
    ['fault', fault, 'faults'], ['throttle', throttle, 'throttled'], ['error', error, 'errors']];
  const alarms = parts.find(([kind, count]) =>
    count > 0 && (count / requests >= alarming[kind] || (blamed && kind !== 'error')));
  const [tone, count, word] = parts.find((part) => part[1] > 0) ?? ['ok', 0, ''];
  return {
    health: alarms?.[0] ?? 'ok',
    tone,
    word: tone === 'ok' ? 'ok' : `${formatShare(count, requests)} ${word}`,
  };
}

export interface Arc {
  kind: Exclude<Health, 'quiet'>;
  /// Percent of the ring.
  from: number;
  length: number;
}

/// The ring of a node, worst first from its top. Whatever happened at all can be seen.
export function ringOf(stats: Stats): Arc[] {
  const { requests, fault, throttle, error } = stats;
  if (!(requests > 0)) return [];
  const least = 3;
  const arcs: Arc[] = [];
  let from = 0;
  const parts: [Arc['kind'], number][] = [['fault', fault], ['throttle', throttle],
    ['error', Math.max(0, error - throttle)]];
  for (const [kind, count] of parts) {
    if (count <= 0) continue;
    const length = Math.min(100 - from, Math.max(least, (100 * count) / requests));
    arcs.push({ kind, from, length });
    from += length;
  }
  if (from < 100) arcs.push({ kind: 'ok', from, length: 100 - from });
  return arcs;
}

export const nodeKey = (node: Pick<MapNode, 'kind' | 'name'>): string =>
  `${node.kind}:${node.name}`;

export const edgeKey = ({ from, to }: Pick<MapEdge, 'from' | 'to'>): string => `${from} ${to}`;

/// A map with everything that is said of it.
export interface JudgedMap {
  map: ServiceMap;
  byId: ReadonlyMap<number, MapNode>;
  nodes: ReadonlyMap<number, Verdict>;
  edges: ReadonlyMap<string, Verdict>;
}

const severity: Record<Health, number> = { fault: 3, throttle: 2, error: 1, ok: 0, quiet: -1 };

/// Faults of a node count as its callers see them too: what times out does not know that it fails.
export function judgeMap(map: ServiceMap, problems: readonly Problem[]): JudgedMap {
  const blamed = new Set<string>();
  for (const { kind, culprit, service } of problems) {
    if (kind === 'fault' || kind === 'throttle') blamed.add(culprit).add(service);
  }
  const byId = new Map(map.nodes.map((node) => [node.id, node]));
  const nodes = new Map(
    map.nodes.map((node) => [node.id, judge(node, blamed.has(node.name))] as const));
  const edges = new Map<string, Verdict>();
  for (const edge of map.edges) {
    const callee = byId.get(edge.to);
    const verdict = judge(edge, callee !== undefined && blamed.has(callee.name));
    edges.set(edgeKey(edge), verdict);
    const known = nodes.get(edge.to);
    if (verdict.health !== 'fault' || !known || known.health === 'fault') continue;
    nodes.set(edge.to, { ...verdict, word: `${verdict.word} for callers` });
  }
  return { map, byId, nodes, edges };
}

/// The nodes that matter most, worst and busiest first.
export function byTrouble({ map, nodes }: JudgedMap): MapNode[] {
  const rank = ({ id }: MapNode): number => severity[nodes.get(id)?.health ?? 'quiet'];
  return map.nodes.slice().sort((a, b) =>
    rank(b) - rank(a) || b.requests - a.requests || a.id - b.id);
}

/// Over how long the figures were counted: no longer than there is a console that counts.
export function secondsOf({ start, end }: Pick<ServiceMap, 'start' | 'end'>, started: number):
  number {
  return Math.max(1, end - Math.max(start, Math.min(started, end)));
}

/// The part of a large map that a glance can take in: the worst nodes, and whom they talk to while
/// there is room.
export function smallMap(judged: JudgedMap, most: number): JudgedMap {
  const { map } = judged;
  if (map.nodes.length <= most) return judged;
  const kept = new Set<number>();
  for (const node of byTrouble(judged)) {
    const around = map.edges.filter(({ from, to }) => from === node.id || to === node.id);
    for (const id of [node.id, ...around.flatMap(({ from, to }) => [from, to])]) {
      if (kept.size < most) kept.add(id);
    }
    if (kept.size >= most) break;
  }
  const nodes = map.nodes.filter(({ id }) => kept.has(id));
  const edges = map.edges.filter(({ from, to }) => kept.has(from) && kept.has(to));
  return { ...judged, map: { ...map, nodes, edges } };
}
