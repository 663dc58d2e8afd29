// SPDX-License-Identifier: Apache-2.0
// The column of each node: one behind the last of its callers. Circles of calls are cut open where
// a walk along the calls comes back to where it was. Nothing here recurses.

import type { Link } from './layout';

export interface Ranks {
  ranks: Map<number, number>;
  /// Links that run against the columns.
  backwards: Set<Link>;
}

function outgoing(ids: readonly number[], links: readonly Link[]): Map<number, Link[]> {
  const out = new Map<number, Link[]>(ids.map((id) => [id, []]));
  for (const link of links) if (link.from !== link.to) out.get(link.from)?.push(link);
  return out;
}

/// Links back to a node that the walk is still inside of.
function findBackwards(ids: readonly number[], out: ReadonlyMap<number, Link[]>): Set<Link> {
  const backwards = new Set<Link>();
  const inside = new Set<number>();
  const done = new Set<number>();
  for (const start of ids) {
    const walk = done.has(start) ? [] : [{ id: start, next: 0 }];
    for (let top = walk.at(-1); top !== undefined; top = walk.at(-1)) {
      inside.add(top.id);
      const link = out.get(top.id)?.[top.next];
      top.next += 1;
      if (link === undefined) {
        inside.delete(top.id);
        done.add(top.id);
        walk.pop();
      } else if (inside.has(link.to)) {
        backwards.add(link);
      } else if (!done.has(link.to)) {
        walk.push({ id: link.to, next: 0 });
      }
    }
  }
  return backwards;
}

/// Ids should begin with those that callers enter by: walks begin there, so circles are cut where
/// they lead back.
export function rankNodes(ids: readonly number[], links: readonly Link[]): Ranks {
  const out = outgoing(ids, links);
  const backwards = findBackwards(ids, out);
  const forward = [...out.values()].flat()
    .map((link) => (backwards.has(link) ? { from: link.to, to: link.from } : link));
  const callees = outgoing(ids, forward);
  const callers = new Map<number, number>(ids.map((id) => [id, 0]));
  for (const { to } of forward) callers.set(to, (callers.get(to) ?? 0) + 1);
  const entries = ids.filter((id) => callers.get(id) === 0);
  const ranks = new Map<number, number>(ids.map((id) => [id, 0]));
  const ready = entries.slice();
  for (let at = 0; at < ready.length; at += 1) {
    const id = ready[at] as number;
    for (const { to } of callees.get(id) ?? []) {
      ranks.set(to, Math.max(ranks.get(to) ?? 0, (ranks.get(id) ?? 0) + 1));
      callers.set(to, (callers.get(to) ?? 0) - 1);
      if (callers.get(to) === 0) ready.push(to);
    }
  }
  // Nobody calls these: they stand beside what they call, not far away from it.
  for (const id of entries) {
    const next = (callees.get(id) ?? []).map(({ to }) => ranks.get(to) ?? 0);
    if (next.length > 0) ranks.set(id, Math.min(...next) - 1);
  }
  return { ranks, backwards };
}
