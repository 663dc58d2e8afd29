// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exceptionChains, firstError, indexExceptions } from
  '../../../../src/console/page/src/trace/exceptions';
import { buildTree } from '../../../../src/console/page/src/trace/tree';
import type { Document, Json } from '../../../../src/console/page/src/types';

function span(id: string, cause: Json, more: Document = {}): Document {
  return { id, name: id, start_time: 0, end_time: 1, cause, ...more };
}

function chains(documents: Document[], id: string): string[][] {
  const tree = buildTree(documents);
  const found = tree.byId.get(id);
  assert.ok(found);
  return exceptionChains(found, indexExceptions(tree)).map((chain) => chain.map((one) => one.type));
}

test('a chain starts at what was seen and ends at what caused it', () => {
  const exceptions = [{ id: '2', type: 'Cause' }, { id: '1', type: 'Seen', cause: '2' }];

  assert.deepEqual(chains([span('a', { exceptions })], 'a'), [['Seen', 'Cause']]);
});

test('a span may name an exception that another span recorded', () => {
  const inner = span('b', { exceptions: [{ id: '1', type: 'Seen' }] });

  assert.deepEqual(chains([span('a', '1', { subsegments: [inner] })], 'a'), [['Seen']]);
});

test('exceptions that do not cause each other are chains of their own', () => {
  const exceptions = [{ id: '1', type: 'A' }, { id: '2', type: 'B' }];

  assert.deepEqual(chains([span('a', { exceptions })], 'a'), [['A'], ['B']]);
});

test('causes in a circle end, and junk is no exception', () => {
  const exceptions = [{ id: '1', type: 'A', cause: '2' }, { id: '2', type: 'B', cause: '1' }];

  assert.deepEqual(chains([span('a', { exceptions })], 'a'), [['A', 'B']]);
  assert.deepEqual(chains([span('a', { exceptions: [null, 3] })], 'a'), []);
  assert.deepEqual(chains([span('a', 7)], 'a'), []);
});

test('stacks keep what can be read of them', () => {
  const stack = [{ path: 'a.cpp', line: 3, label: 'f' }, 'junk', { path: 5 }];
  const tree = buildTree([span('a', { exceptions: [{ id: '1', stack, truncated: 4 }] })]);
  const root = tree.spans[0];
  assert.ok(root);
  const found = exceptionChains(root, indexExceptions(tree))[0]?.[0];

  assert.deepEqual(found?.stack,
    [{ path: 'a.cpp', line: 3, label: 'f' }, { path: '', line: 0, label: '' }]);
  assert.equal(found?.truncated, 4);
});

test('the first error is the deepest fault that says why', () => {
  const silent = span('silent', null, { fault: true });
  const told = span('told', { exceptions: [{ id: '1', message: 'disk full' }] },
    { fault: true, subsegments: [silent] });
  const error = span('error', { exceptions: [{ id: '2', message: 'no' }] }, { error: true });
  const tree = buildTree([span('a', null, { fault: true, subsegments: [told, error] })]);

  const found = firstError(tree, indexExceptions(tree));
  assert.equal(found?.span.id, 'told');
  assert.equal(found?.text, 'disk full');
});
