// SPDX-License-Identifier: Apache-2.0
// Where the nodes of a service map stand and how its edges run: callers left of callees, in
// columns, with few crossings.
//
// Written here and not taken from @dagrejs/dagre (16 KB gzipped, more than half of this page):
// 256 nodes need no network simplex, and what an edge says must lie on its line. So each edge is a
// chain of items in neighbouring columns, its label one of them, and labels are kept apart by the
// same steps that keep nodes apart. The same map gives the same picture, whatever its figures.

import { orderColumns } from './order';
import { assignY } from './place';
import { rankNodes } from './rank';

export interface Link {
  from: number;
  to: number;
}

export interface Sizes {
  nodeWidth: number;
  nodeHeight: number;
  labelWidth: number;
  labelHeight: number;
  /// How much of a line is level under its label.
  flat: number;
  /// Free space between items above each other.
  gap: number;
}

/// Something that takes up height in a column: a node, a label, or a bend of a long edge.
export interface Item {
  column: number;
  height: number;
  /// Place within the column from 0, and the middle's height in pixels.
  position: number;
  y: number;
  before: Item[];
  after: Item[];
}

export interface PlacedNode {
  id: number;
  column: number;
  /// The left edge and the middle.
  x: number;
  y: number;
}

export interface PlacedEdge extends Link {
  column: number;
  /// The middle of the label.
  x: number;
  y: number;
  path: string;
  /// Its line runs from right to left, because it closes a circle of calls.
  backwards: boolean;
}

export interface Layout {
  width: number;
  height: number;
  nodes: PlacedNode[];
  edges: PlacedEdge[];
}

/// An edge over more columns than this takes the straight way: bends would cost more than they
/// tell, and somebody who sends us a map of long edges must not cost us seconds.
const longestChain = 16;
const margin = 8;
/// Height above a node for the loop of its calls to itself.
const loopHeight = 40;

interface Chain {
  edge: Link;
  backwards: boolean;
  items: Item[];
  label: Item;
  /// From one column to the next, and not made level under its label.
  plain: boolean;
}

function newItem(column: number, height: number): Item {
  return { column, height, position: 0, y: 0, before: [], after: [] };
}

function join(left: Item, right: Item): void {
  if (right.column !== left.column + 1) return;
  left.after.push(right);
  right.before.push(left);
}

/// The items of an edge from its left node to its right one, the label just behind the left one.
function chainOf(left: Item, right: Item, sizes: Sizes, columns: Item[][]): Item[] {
  const items = [left];
  const direct = right.column - left.column > longestChain;
  const last = direct ? left.column + 1 : right.column - 1;
  for (let column = left.column + 1; column <= last; column += 1) {
    const isLabel = column === left.column + 1;
    const item = newItem(column, isLabel ? sizes.labelHeight : sizes.gap / 2);
    columns[column]?.push(item);
    join(items[items.length - 1] as Item, item);
    items.push(item);
  }
  join(items[items.length - 1] as Item, right);
  items.push(right);
  return items;
}

/// Horizontal left edges of all columns, and where the last one ends.
function columnEdges(count: number, sizes: Sizes): number[] {
  const edges = [margin];
  for (let column = 0; column < count; column += 1) {
    const width = column % 2 === 0 ? sizes.nodeWidth : sizes.labelWidth;
    edges.push((edges[column] as number) + width);
  }
  return edges;
}

const px = (value: number): string => String(Math.round(value * 10) / 10);

/// A line through the items, level where it passes one.
function drawPath(chain: Chain, edges: readonly number[], flat: number): string {
  const { backwards } = chain;
  // A short line with nothing to say needs no bend.
  const items = chain.plain ? [chain.items[0] as Item, chain.items[2] as Item] : chain.items;
  const points = items.flatMap((item, at): [number, number][] => {
    const left = edges[item.column] as number;
    const right = edges[item.column + 1] as number;
    if (at === 0) return [[right, item.y]];
    if (at === items.length - 1) return [[left, item.y]];
    if (item.column % 2 === 0) return [[left, item.y], [right, item.y]];
    const middle = (left + right) / 2;
    if (item !== chain.label || flat === 0) return [[middle, item.y]];
    return [[middle - flat / 2, item.y], [middle + flat / 2, item.y]];
  });
  if (backwards) points.reverse();
  let [x, y] = points[0] as [number, number];
  let path = `M${px(x)} ${px(y)}`;
  for (const [nextX, nextY] of points.slice(1)) {
    const middle = px((x + nextX) / 2);
    path += `C${middle} ${px(y)} ${middle} ${px(nextY)} ${px(nextX)} ${px(nextY)}`;
    [x, y] = [nextX, nextY];
  }
  return path;
}

function drawLoop(node: PlacedNode, edge: Link, sizes: Sizes): PlacedEdge {
  const top = node.y - sizes.nodeHeight / 2;
  const [left, right] = [node.x + sizes.nodeWidth * 0.15, node.x + sizes.nodeWidth * 0.85];
  const peak = top - loopHeight * 1.2;
  return {
    ...edge,
    column: node.column,
    x: (left + right) / 2,
    y: top - loopHeight * 0.6,
    path: `M${px(left)} ${px(top)}C${px(left)} ${px(peak)} ${px(right)} ${px(peak)} `
      + `${px(right)} ${px(top)}`,
    backwards: false,
  };
}

/// Nodes in the order in which they should be told, if nothing else decides. Links to nodes that
/// are not there are left out.
export function layOut(ids: readonly number[], links: readonly Link[], sizes: Sizes): Layout {
  const known = links.filter(({ from, to }) => ids.includes(from) && ids.includes(to));
  const { ranks, backwards } = rankNodes(ids, known);
  const loops = new Set(known.filter(({ from, to }) => from === to).map(({ from }) => from));
  const count = 2 * Math.max(0, ...ranks.values()) + 1;
  const columns: Item[][] = Array.from({ length: count }, () => []);
  const nodeItems = new Map<number, Item>();
  for (const id of ids) {
    const column = 2 * (ranks.get(id) ?? 0);
    const item = newItem(column, sizes.nodeHeight + (loops.has(id) ? 2 * loopHeight : 0));
    nodeItems.set(id, item);
    columns[column]?.push(item);
  }
  const chains = known.filter(({ from, to }) => from !== to).map((edge): Chain => {
    const turned = backwards.has(edge);
    const left = nodeItems.get(turned ? edge.to : edge.from) as Item;
    const right = nodeItems.get(turned ? edge.from : edge.to) as Item;
    const items = chainOf(left, right, sizes, columns);
    const plain = sizes.flat === 0 && items.length === 3;
    return { edge, backwards: turned, items, label: items[1] as Item, plain };
  });
  orderColumns(columns);
  const height = assignY(columns, sizes.gap, margin);
  const edges = columnEdges(count, sizes);
  const nodes = ids.map((id): PlacedNode => {
    const { column, y } = nodeItems.get(id) as Item;
    return { id, column, x: edges[column] as number, y };
  });
  const drawn = chains.map((chain): PlacedEdge => ({
    ...chain.edge,
    column: chain.label.column,
    x: (edges[chain.label.column] as number) + sizes.labelWidth / 2,
    y: chain.plain
      ? ((chain.items[0] as Item).y + (chain.items[2] as Item).y) / 2 : chain.label.y,
    path: drawPath(chain, edges, sizes.flat),
    backwards: chain.backwards,
  }));
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const edge of known) {
    if (edge.from !== edge.to) continue;
    drawn.push(drawLoop(byId.get(edge.from) as PlacedNode, edge, sizes));
  }
  return { width: (edges[count] as number) + margin, height, nodes, edges: drawn };
}
