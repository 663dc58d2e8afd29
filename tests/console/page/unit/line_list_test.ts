// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineLimit, LineList } from '../../../../src/console/page/src/logs/line_list';
import type { LogLine } from '../../../../src/console/page/src/types';

const line = (id: number, time = id): LogLine => ({ id: String(id), time }) as LogLine;
const ids = (list: LineList): number[] => list.rows.map(({ id }) => Number(id));

test('lines stand newest first, inside a millisecond the last to arrive first', () => {
  const list = new LineList();
  list.replace([line(9, 1), line(10, 1), line(2, 0.5)], null);

  const shown = list.apply([line(11, 1), line(12, 0.7), line(9, 1)], false);

  assert.deepEqual(ids(list), [11, 10, 9, 12, 2]);
  assert.deepEqual(shown.map(({ id }) => id), ['11', '12']);
});

test('while held, lines wait, are counted, and come when released', () => {
  const list = new LineList();
  list.replace([line(1)], null);

  assert.deepEqual(list.apply([line(2), line(3), line(2)], true), []);

  assert.deepEqual(ids(list), [1]);
  assert.equal(list.waitingCount, 2);
  assert.equal(list.release().length, 2);
  assert.deepEqual(ids(list), [3, 2, 1]);
  assert.equal(list.waitingCount, 0);
});

test('rows and what waits are bounded, the oldest go, and the count stays true', () => {
  const list = new LineList();
  list.replace([line(0)], 'cursor');
  for (let batch = 0; batch < 100; batch += 1) {
    list.apply(Array.from({ length: 100 }, (_, at) => line(1 + batch * 100 + at)), true);
  }
  assert.equal(list.waitingCount, 10_000);

  list.release();

  assert.equal(list.rows.length, lineLimit);
  assert.equal(list.rows[0]?.id, '10000');
  assert.equal(list.full, true);
  assert.equal(list.next, null);
});

test('what is older than the last page read leaves no gap in the list', () => {
  const list = new LineList();
  list.replace([line(3), line(2)], 'cursor');

  list.apply([line(1)], false);
  assert.deepEqual(ids(list), [3, 2]);

  list.append([line(2), line(1)], null);
  assert.deepEqual(ids(list), [3, 2, 1]);
});

test('a page read anew adds what is new where it joins, else it replaces what is there', () => {
  const list = new LineList();
  list.replace([line(3), line(2)], 'a');
  assert.equal(list.renew([line(4), line(3)], 'b', false).length, 1);
  assert.deepEqual(ids(list), [4, 3, 2]);
  assert.equal(list.next, 'a');

  list.renew([line(9), line(8)], 'c', true);
  assert.deepEqual(ids(list), [4, 3, 2]);
  assert.equal(list.stale, true);

  list.renew([line(9), line(8)], 'c', false);
  assert.deepEqual(ids(list), [9, 8]);
  assert.equal(list.next, 'c');
  assert.equal(list.stale, false);
});

test('a console that forgot everything empties the list, held or not', () => {
  const list = new LineList();
  list.replace([line(3)], null);

  list.renew([], null, true);

  assert.deepEqual(ids(list), []);
});

test('what is remembered of lines that came while held is bounded', () => {
  const list = new LineList();
  list.replace([line(0)], null);
  for (let batch = 0; batch < 500; batch += 1) {
    list.apply(Array.from({ length: 200 }, (_, at) => line(1 + batch * 200 + at)), true);
    assert.ok(list.remembered <= 3 * lineLimit + 200, `${list.remembered}`);
  }
  assert.equal(list.waitingCount, 100_000);

  assert.deepEqual(list.apply([line(100_000)], true), []);
  assert.equal(list.waitingCount, 100_000);
});

test('rows in doubt are replaced, also where the page joins them, but not what came since', () => {
  const list = new LineList();
  list.replace([line(3), line(2), line(1)], null);

  list.doubt();
  list.apply([line(6)], false);
  list.renew([line(5), line(3)], null, false);
  assert.deepEqual(ids(list), [6, 5, 3]);

  list.renew([line(7), line(6)], null, false);
  assert.deepEqual(ids(list), [7, 6, 5, 3]);
});

test('rows in doubt stay while held, and are read again when released', () => {
  const list = new LineList();
  list.replace([line(3), line(2)], null);

  list.doubt();
  list.renew([line(4)], null, true);
  assert.deepEqual(ids(list), [3, 2]);
  assert.equal(list.waitingCount, 1);
  assert.equal(list.stale, true);

  list.release();
  list.doubt();
  list.renew([line(4)], null, false);
  assert.deepEqual(ids(list), [4]);
  assert.equal(list.stale, false);
});
