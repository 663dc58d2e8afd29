// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byTrouble, judge, judgeMap, ringOf, secondsOf, smallMap } from
  '../../../../src/console/page/src/map/health';
import { edgeFilter, nodeFilter, slowWord } from '../../../../src/console/page/src/map/filters';
import { binsOf } from '../../../../src/console/page/src/map/histogram';
import type { MapEdge, MapNode, NodeKind, Problem, ServiceMap, Stats } from
  '../../../../src/console/page/src/types';

function stats(ok: number, error = 0, throttle = 0, fault = 0): Stats {
  return { requests: ok + error + fault, ok, error, throttle, fault, p50: 0.01, p99: 0.1, max: 1 };
}

const node = (id: number, name: string, of: Stats, kind: NodeKind = 'service'): MapNode =>
  ({ id, name, kind, root: false, ...of });
const edge = (from: number, to: number, of: Stats): MapEdge => ({ from, to, ...of, histogram: [] });
const mapOf = (nodes: MapNode[], edges: MapEdge[]): ServiceMap =>
  ({ start: 0, end: 300, nodes, edges, truncated: false });

const problem = (culprit: string): Problem => ({
  tenant: 'globex', service: 'payments', method: 'POST', route: '/', status: 503, culprit,
  reason: '', kind: 'fault', count: 1, of: 9, first: 0, last: 1, trace: '', q: '',
});

test('the word is the worst that happened; the alarm waits until it matters', () => {
  assert.deepEqual(judge(stats(0)), { health: 'quiet', tone: 'quiet', word: 'quiet' });
  assert.deepEqual(judge(stats(9)), { health: 'ok', tone: 'ok', word: 'ok' });
  assert.deepEqual(judge(stats(90, 10)), { health: 'ok', tone: 'error', word: '10 % errors' });
  assert.deepEqual(judge(stats(1, 2)).health, 'error');
  assert.deepEqual(judge(stats(90, 10, 10)),
    { health: 'throttle', tone: 'throttle', word: '10 % throttled' });
  assert.deepEqual(judge(stats(98, 0, 0, 2)),
    { health: 'fault', tone: 'fault', word: '2.0 % faults' });
  assert.deepEqual(judge(stats(999, 0, 0, 1)),
    { health: 'ok', tone: 'fault', word: '0.1 % faults' });
});

test('who is named by a problem alarms by its first fault', () => {
  const few = stats(999, 0, 0, 1);
  const map = mapOf([node(1, 'payments', few), node(2, 'other', few)], []);

  const { nodes } = judgeMap(map, [problem('fraud')]);

  assert.deepEqual([1, 2].map((id) => nodes.get(id)?.health), ['fault', 'ok']);
});

test('what fails only in the eyes of its callers fails', () => {
  const map = mapOf([node(1, 'payments', stats(100)), node(2, 'fraud', stats(100))],
    [edge(1, 2, stats(90, 0, 0, 10))]);

  const { nodes } = judgeMap(map, []);

  assert.deepEqual(nodes.get(2),
    { health: 'fault', tone: 'fault', word: '10 % faults for callers' });
  assert.equal(nodes.get(1)?.health, 'ok');
});

test('a ring is full, and shows whatever happened at all', () => {
  assert.deepEqual(ringOf(stats(0)), []);
  const arcs = ringOf(stats(995, 3, 1, 2));
  assert.deepEqual(arcs.map(({ kind }) => kind), ['fault', 'throttle', 'error', 'ok']);
  assert.ok(arcs.every(({ length }) => length >= 3));
  assert.equal(arcs.reduce((sum, { length }) => sum + length, 0), 100);
});

test('a small map keeps the worst and whom they talk to', () => {
  const nodes = Array.from({ length: 50 }, (_, at) => node(at + 1, `s${at + 1}`, stats(100 - at)));
  nodes[39] = node(40, 'broken', stats(1, 0, 0, 9));
  const edges = nodes.slice(1).map(({ id }) => edge(id - 1, id, stats(10)));
  const judged = judgeMap(mapOf(nodes, edges), []);

  assert.equal(byTrouble(judged)[0]?.name, 'broken');
  const { map } = smallMap(judged, 6);
  assert.equal(map.nodes.length, 6);
  for (const id of [39, 40, 41]) assert.ok(map.nodes.some((one) => one.id === id), `${id}`);
  assert.ok(map.edges.every(({ from, to }) =>
    [from, to].every((id) => map.nodes.some((one) => one.id === id))));
});

test('rates are not spread over a time before there was a console', () => {
  assert.equal(secondsOf({ start: 1000, end: 1300 }, 0), 300);
  assert.equal(secondsOf({ start: 1000, end: 1300 }, 1250), 50);
  assert.equal(secondsOf({ start: 1000, end: 1300 }, 9999), 1);
});

test('filters name services; what the search does not know is found through its caller', () => {
  const [web, db] = [node(1, 'web "x"', stats(9)), node(2, 'ledger@db', stats(9), 'database')];
  const clients = node(3, 'clients', stats(9), 'client');
  const map = mapOf([web, db, clients], [edge(1, 2, stats(9)), edge(3, 1, stats(9))]);

  assert.deepEqual(edgeFilter(web, db), { q: '"web "', left: ['ledger@db'] });
  assert.deepEqual(nodeFilter(map, db), { q: '"web "', left: ['ledger@db'] });
  assert.deepEqual(edgeFilter(clients, node(4, 'a-b', stats(1))), { q: 'a-b', left: [] });
  assert.deepEqual(nodeFilter(map, clients), { q: '', left: [] });
});

test('the search for slow ones never loses the call it came from', () => {
  for (const seconds of [0.8123, 0.054, 12.99, 0.00000312, 1, 99.9]) {
    const bound = Number(slowWord(seconds).slice('duration>='.length));
    assert.ok(bound <= seconds && bound > seconds * 0.89, `${seconds}: ${bound}`);
  }
  assert.equal(slowWord(0.8123), 'duration>=0.81');
});

test('histograms become few bins that hold every call', () => {
  const points: [number, number][] = Array.from({ length: 300 },
    (_, at) => [0.001 * 1.03 ** at, 2]);
  const bins = binsOf(points);
  assert.ok(bins.length <= 24);
  assert.equal(bins.reduce((sum, { count }) => sum + count, 0), 600);
  assert.ok((bins[0]?.from ?? 1) <= 0.001 && (bins.at(-1)?.to ?? 0) >= 0.001 * 1.03 ** 299);
  // Bars as the console tells them keep one bin each, and their calls are no faster than it says.
  const bars = Array.from({ length: 20 }, (_, at): [number, number] => [1.04 ** (4 * at + 2), at]);
  assert.deepEqual(binsOf(bars).map(({ count }) => count), bars.map(([, count]) => count).slice(1));
  for (const [at, { from }] of binsOf(bars).entries()) {
    assert.ok(Math.abs(from - 1.04 ** (4 * at + 4)) < 1e-9, `${at}`);
  }

  assert.equal(binsOf([[0.5, 7]]).length, 1);
  assert.deepEqual(binsOf([]), []);
  assert.deepEqual(binsOf([[NaN, 3], [-1, 2], [1, 0]]), []);
});
