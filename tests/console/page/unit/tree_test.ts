// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildTree, clockAhead, lacksParent, visibleSpans }
  from '../../../../src/console/page/src/trace/tree';
import type { Document } from '../../../../src/console/page/src/types';

function span(id: string, start: number, end: number, more: Document = {}): Document {
  return { id, name: id, start_time: start, end_time: end, ...more };
}

const names = (documents: Document[]): string[] =>
  buildTree(documents).spans.map((one) => '.'.repeat(one.depth) + one.name);

test('nests subsegments and orders siblings by start', () => {
  const tree = names([span('a', 0, 10, { subsegments: [span('c', 5, 6), span('b', 1, 2)] })]);

  assert.deepEqual(tree, ['a', '.b', '.c']);
});

test('attaches independent subsegments and called segments by parent_id, in any order', () => {
  const tree = names([
    span('d', 3, 4, { parent_id: 'b' }),
    span('b', 2, 5, { type: 'subsegment', parent_id: 'a' }),
    span('a', 0, 10),
  ]);

  assert.deepEqual(tree, ['a', '.b', '..d']);
});

test('a complete span replaces an unfinished one, whichever came first', () => {
  const open: Document = { id: 'a', name: 'a', start_time: 0, in_progress: true };
  const shut = span('a', 0, 4);

  for (const documents of [[open, shut], [shut, open]]) {
    const tree = buildTree(documents);
    assert.equal(tree.spans.length, 1);
    assert.equal(tree.spans[0]?.in_progress, false);
    assert.equal(tree.spans[0]?.end, 4);
  }
});

test('children of an unfinished document survive the complete one that lacks them', () => {
  const open: Document = { id: 'a', name: 'a', start_time: 0, in_progress: true,
    subsegments: [span('b', 1, 2)] };

  assert.deepEqual(names([open, span('a', 0, 4)]), ['a', '.b']);
});

test('orphan subsegments share one stand-in for their parent, as long as they are', () => {
  const tree = buildTree([
    span('x', 3, 5, { type: 'subsegment', parent_id: 'gone' }),
    span('y', 4, 9, { type: 'subsegment', parent_id: 'gone' }),
  ]);

  assert.deepEqual(tree.spans.map((one) => one.kind), ['missing', 'subsegment', 'subsegment']);
  assert.equal(tree.spans[0]?.start, 3);
  assert.equal(tree.spans[0]?.end, 9);
});

test('a lone segment whose caller is unknown is a root', () => {
  assert.deepEqual(names([span('a', 0, 1, { parent_id: 'upstream' })]), ['a']);
});

test('parents in a circle are cut open, with what hangs on them', () => {
  const tree = names([
    span('c', 2, 3, { type: 'subsegment', parent_id: 'a' }),
    span('a', 0, 9, { type: 'subsegment', parent_id: 'b' }),
    span('b', 0, 9, { type: 'subsegment', parent_id: 'a' }),
    span('self', 1, 2, { parent_id: 'self' }),
  ]);

  assert.equal(tree.length, 4);
  assert.ok(tree.includes('self'));
});

test('a called segment that began before its call is moved into it, with its children', () => {
  const tree = buildTree([
    span('a', 100, 110, { subsegments: [span('call', 102, 108, { namespace: 'remote' })] }),
    span('b', 42, 46, { parent_id: 'call', subsegments: [span('in', 43, 44)] }),
  ]);

  const [b, inner] = [tree.byId.get('b'), tree.byId.get('in')];
  assert.deepEqual([b?.start, b?.end, b?.shift], [103, 107, 61]);
  assert.deepEqual([inner?.start, inner?.end], [104, 105]);
  assert.deepEqual([tree.start, tree.end], [100, 110]);
});

test('only the first span of a host is told to have a wrong clock, and by exactly how much', () => {
  const tree = buildTree([
    span('a', 100, 110, { subsegments: [span('call', 102, 108, { namespace: 'remote' })] }),
    span('b', 3703, 3707, { parent_id: 'call', subsegments: [span('in', 3704, 3705)] }),
  ]);
  const ahead = tree.spans.map(clockAhead);

  assert.deepEqual(tree.spans.map(({ id }) => id), ['a', 'call', 'b', 'in']);
  assert.deepEqual(ahead, [0, 0, 3600, 0]);
});

test('three services of three clocks stand in one tree, each within its call', () => {
  const call = (id: string, from: number, to: number): Document =>
    span(id, from, to, { namespace: 'remote' });
  const tree = buildTree([
    span('ledger', 7.5, 8.5, { parent_id: 'to ledger', subsegments: [span('sql', 7.7, 8)] }),
    span('payments', 0, 10, { subsegments: [call('to fraud', 1, 4), call('to ledger', 5, 9)] }),
    span('fraud', -58, -56, { parent_id: 'to fraud' }),
  ]);

  assert.deepEqual(tree.services, ['payments', 'fraud', 'ledger']);
  for (const one of tree.spans) {
    if (!one.parent) continue;
    assert.ok(one.start >= one.parent.start && one.end <= one.parent.end, one.id);
  }
  assert.deepEqual(tree.spans.map((one) => Math.sign(clockAhead(one))), [0, 0, -1, 0, 0, 0]);
});

test('a root that names a parent says that it never came', () => {
  const tree = buildTree([span('a', 0, 1, { parent_id: 'upstream' }), span('b', 0, 1)]);

  assert.deepEqual(tree.roots.map((root) => [root.id, lacksParent(root)]),
    [['a', true], ['b', false]]);
});

test('work that outlives its caller stays where it is', () => {
  const tree = buildTree([span('a', 0, 1), span('queue', 5, 9, { parent_id: 'a' })]);

  assert.equal(tree.byId.get('queue')?.shift, 0);
  assert.equal(tree.end, 9);
});

test('times that are no times get the ones nearest, and never end before they start', () => {
  const tree = buildTree([
    span('a', 10, 20, { subsegments: [
      { id: 'b', name: 'b', start_time: 'soon', end_time: null },
      span('c', 15, 12),
    ] }),
  ]);

  assert.deepEqual([tree.byId.get('b')?.start, tree.byId.get('b')?.end], [10, 20]);
  assert.deepEqual([tree.byId.get('c')?.start, tree.byId.get('c')?.end], [15, 15]);
});

test('survives what is not a span at all', () => {
  const junk = [null, 7, 'x', [], {}, { id: 5, name: 7, subsegments: [null, 'y', { id: {} }] }];
  const tree = buildTree(junk as unknown as Document[]);

  assert.equal(tree.spans.length, 3);
  assert.ok(tree.spans.every((one) => one.name === '(no name)'));
  assert.deepEqual(buildTree([]).spans, []);
});

test('a chain of 100,000 spans and as many in a circle take no recursion', () => {
  const chain = Array.from({ length: 100_000 }, (_, at) =>
    span(`s${at}`, at, 200_000 - at, { type: 'subsegment', parent_id: `s${(at + 1) % 100_000}` }));

  const tree = buildTree(chain);

  assert.equal(tree.spans.length, 100_000);
  assert.equal(tree.spans.at(-1)?.depth, 99_999);
});

test('services come from segments, and counts of failures reach every ancestor', () => {
  const tree = buildTree([
    span('web', 0, 9, { subsegments: [span('call', 1, 8, { error: true })] }),
    span('db', 2, 7, { parent_id: 'call', subsegments: [span('query', 3, 4, { fault: true })] }),
  ]);

  assert.deepEqual(tree.services, ['web', 'db']);
  assert.equal(tree.byId.get('query')?.service, 'db');
  assert.deepEqual(tree.byId.get('web')?.inside, { spans: 3, faults: 1, errors: 1 });
});

test('folding hides exactly the descendants', () => {
  const tree = buildTree([
    span('a', 0, 9, { subsegments: [span('b', 1, 4, { subsegments: [span('c', 2, 3)] }),
      span('d', 5, 6)] }),
  ]);

  const rows = visibleSpans(tree, new Set(['b'])).map((one) => one.name);
  assert.deepEqual(rows, ['a', 'b', 'd']);
});
