// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layOut, type Layout, type Link } from '../../../../src/console/page/src/map/layout';

const sizes = { nodeWidth: 100, nodeHeight: 40, labelWidth: 60, labelHeight: 20, flat: 30,
  gap: 10 };

const link = (text: string): Link => {
  const [from = 0, to = 0] = text.split('>').map(Number);
  return { from, to };
};

function draw(count: number, ...links: string[]): Layout {
  return layOut(Array.from({ length: count }, (_, at) => at + 1), links.map(link), sizes);
}

const columns = (layout: Layout): number[] => layout.nodes.map(({ column }) => column / 2);

/// Fails when two things that take up room lie over each other.
function assertApart(layout: Layout): void {
  const boxes = [
    ...layout.nodes.map(({ column, y }) => ({ column, y, height: sizes.nodeHeight })),
    ...layout.edges.filter(({ from, to }) => from !== to)
      .map(({ column, y }) => ({ column, y, height: sizes.labelHeight })),
  ].sort((a, b) => a.column - b.column || a.y - b.y);
  boxes.forEach((box, at) => {
    assert.ok(box.y - box.height / 2 >= 0 && box.y + box.height / 2 <= layout.height);
    const above = boxes[at - 1];
    if (above?.column !== box.column) return;
    assert.ok(box.y - above.y >= (box.height + above.height) / 2 - 1e-6, `over each other: ${at}`);
  });
}

/// Numbers that are the same every time.
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function randomMap(nodes: number, edges: number, seed: number): { ids: number[]; links: Link[] } {
  const next = random(seed);
  const ids = Array.from({ length: nodes }, (_, at) => at + 1);
  const links = new Map<string, Link>();
  for (let at = 0; at < edges; at += 1) {
    const found = { from: 1 + Math.floor(next() * nodes), to: 1 + Math.floor(next() * nodes) };
    links.set(`${found.from} ${found.to}`, found);
  }
  return { ids, links: [...links.values()] };
}

test('callees stand right of their last caller', () => {
  assert.deepEqual(columns(draw(4, '1>2', '2>3', '1>3', '3>4')), [0, 1, 2, 3]);
});

test('a caller that nobody calls stands beside what it calls', () => {
  assert.deepEqual(columns(draw(4, '1>2', '2>3', '4>3')), [0, 1, 2, 1]);
});

test('circles of calls are cut where they lead back, and both ways are drawn', () => {
  const layout = draw(3, '1>2', '2>3', '3>2');

  assert.deepEqual(columns(layout), [0, 1, 2]);
  assert.deepEqual(layout.edges.map(({ backwards }) => backwards), [false, false, true]);
  assertApart(layout);
});

test('calls to itself are a loop over the node', () => {
  const layout = draw(2, '1>2', '2>2');
  const [loop] = layout.edges.filter(({ from, to }) => from === to);
  const node = layout.nodes[1];

  assert.ok(loop && node && loop.y < node.y - sizes.nodeHeight / 2);
  assert.ok(loop.y - 10 >= 0);
});

test('links to nodes that are not there are left out, and nothing at all is drawable', () => {
  assert.deepEqual(draw(1, '1>9', '9>1').edges, []);
  assert.deepEqual(layOut([], [], sizes).nodes, []);
});

test('siblings are ordered so that lines do not cross', () => {
  // In the order of ids, 3 and 4 would cross what 1 and 2 call.
  const layout = draw(6, '1>4', '2>3', '3>5', '4>6');
  const y = (id: number): number => layout.nodes[id - 1]?.y ?? NaN;

  assert.equal(y(1) < y(2), y(4) < y(3));
  assert.equal(y(3) < y(4), y(5) < y(6));
});

test('the same map gives the same picture', () => {
  const { ids, links } = randomMap(60, 150, 4);

  assert.deepEqual(layOut(ids, links, sizes), layOut(ids, links, sizes));
});

test('nothing lies over anything, whoever calls whom', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const { ids, links } = randomMap(2 + seed, seed * 3, seed);
    const layout = layOut(ids, links, sizes);
    assert.equal(layout.edges.length, links.length);
    assertApart(layout);
  }
});

test('the largest maps there can be take a moment, not seconds', (t) => {
  const worst: [string, Link[]][] = [
    ['random', randomMap(256, 1100, 7).links.slice(0, 1024)],
    ['a chain with shortcuts', Array.from({ length: 1024 }, (_, at) => {
      const from = 1 + (at % 255);
      return { from, to: Math.min(256, from + 1 + Math.floor(at / 255) * 60) };
    })],
  ];
  for (const [name, links] of worst) {
    const ids = Array.from({ length: 256 }, (_, at) => at + 1);
    const began = performance.now();
    assertApart(layOut(ids, links, sizes));
    const took = performance.now() - began;
    t.diagnostic(`${name}: ${took.toFixed(0)} ms`);
    assert.ok(took < 2000, `${name}: ${took} ms`);
  }
});

test('a line begins at its caller, passes its label and ends at its callee', () => {
  const layout = draw(3, '1>2', '1>3');
  const [edge] = layout.edges;
  const [from, to] = layout.nodes;
  assert.ok(edge && from && to);
  const numbers = edge.path.match(/-?[\d.]+/g)?.map(Number) ?? [];

  assert.deepEqual(numbers.slice(0, 2), [from.x + sizes.nodeWidth, from.y]);
  assert.deepEqual(numbers.slice(-2), [to.x, to.y]);
  assert.ok(edge.path.includes(` ${edge.x - 15} ${edge.y}`), edge.path);
});
