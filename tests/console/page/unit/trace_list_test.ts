// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rowLimit, TraceList } from '../../../../src/console/page/src/trace_list';
import type { TraceSummary } from '../../../../src/console/page/src/types';

function trace(id: string, start: number, revision = 1): TraceSummary {
  return { id, start, revision } as TraceSummary;
}

const ids = (list: TraceList): string[] => list.rows.map((row) => row.id);

test('new traces go where their start puts them, newest first', () => {
  const list = new TraceList();
  list.replace([trace('b', 2), trace('a', 1)], null);

  list.apply([trace('d', 4), trace('c', 1.5)], false);

  assert.deepEqual(ids(list), ['d', 'b', 'c', 'a']);
});

test('a newer revision replaces a row, an older one does not', () => {
  const list = new TraceList();
  list.replace([trace('a', 1, 5)], null);

  assert.equal(list.apply([trace('a', 1, 4)], false), false);
  assert.equal(list.apply([trace('a', 1, 6)], false), true);
  assert.equal(list.rows[0]?.revision, 6);
});

test('while held, new traces wait and known ones change in place', () => {
  const list = new TraceList();
  list.replace([trace('a', 1)], null);

  list.apply([trace('b', 2), trace('a', 1, 2)], true);

  assert.deepEqual(ids(list), ['a']);
  assert.equal(list.rows[0]?.revision, 2);
  assert.equal(list.waitingCount, 1);
  list.release();
  assert.deepEqual(ids(list), ['b', 'a']);
  assert.equal(list.waitingCount, 0);
});

test('rows and what waits are bounded, and the oldest go', () => {
  const list = new TraceList();
  const many = Array.from({ length: 3000 }, (_, at) => trace(`t${at}`, at));

  list.apply(many, true);
  assert.equal(list.waitingCount, rowLimit);
  list.release();
  list.apply(many, false);

  assert.equal(list.rows.length, rowLimit);
  assert.equal(list.rows[0]?.id, 't2999');
  assert.equal(list.next, null);
});

test('what is older than the last page read leaves no gap in the list', () => {
  const list = new TraceList();
  list.replace([trace('c', 3), trace('b', 2)], 'cursor');

  list.apply([trace('a', 1)], false);
  assert.deepEqual(ids(list), ['c', 'b']);

  list.append([trace('b', 2), trace('a', 1)], null);
  assert.deepEqual(ids(list), ['c', 'b', 'a']);
});
