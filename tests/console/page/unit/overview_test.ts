// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { balanceWords, booksOf, logBooksOf } from '../../../../src/console/page/src/accounts';
import { formatOffset, formatRate, formatShare, formatSpan, formatUsd } from
  '../../../../src/console/page/src/format';
import { searchWord } from '../../../../src/console/page/src/search';
import { linePath, niceCeiling, seriesOf } from '../../../../src/console/page/src/series';
import type { SeriesPoint, Status } from '../../../../src/console/page/src/types';

function status(intake: Partial<Status['intake']>): Status {
  const none = { datagrams: 0, bytes: 0, api_documents: 0, documents: 0, duplicates: 0,
    rejected: {}, queued: 0, kernel_dropped: 0 };
  return {
    version: '', now: 0, started: 0, listen: { http: '', xray: '' },
    intake: { ...none, ...intake },
    store: { kind: '', traces: 0, segments: 0, bytes: 0, max_bytes: 0, evicted_traces: 0 },
  };
}

test('the books balance when everything received is somewhere', () => {
  const books = booksOf(status({ datagrams: 100, api_documents: 20, documents: 90, duplicates: 20,
    rejected: { bad_header: 3, too_large: 5, never: 0 }, queued: 2 }));

  assert.equal(books.received, 120);
  assert.equal(books.missing, 0);
  assert.deepEqual(books.reasons, [['too_large', 5], ['bad_header', 3]]);
  assert.equal(balanceWords(books), 'The books balance.');
});

test('books that do not balance say by how much, either way', () => {
  assert.equal(balanceWords(booksOf(status({ datagrams: 3, documents: 1 }))),
    'The books do not balance: 2 documents are unaccounted for.');
  assert.equal(balanceWords(booksOf(status({ datagrams: 1, documents: 2 }))),
    'The books do not balance: 1 document is counted twice.');
});

test('what the kernel lost is no part of the sum, and is not hidden by it', () => {
  const books = booksOf(status({ datagrams: 1, documents: 1, kernel_dropped: 9 }));

  assert.equal(books.missing, 0);
  assert.equal(balanceWords(books), 'The books balance, but not everything arrived.');
});

test('log lines that were there and that came are held, gone or missing', () => {
  const of = { events: 95, loaded: 5, received: 100, evicted: 7, expired: 0, deleted: 3, failed: 0,
    bytes: 0, max_bytes: 0, groups: 0, streams: 0 };

  assert.deepEqual(logBooksOf(of).gone.map(([, count]) => count), [7, 0, 3]);
  assert.equal(logBooksOf(of).missing, 0);
  assert.equal(logBooksOf({ ...of, events: 80 }).missing, 15);
  assert.equal(logBooksOf({ ...of, loaded: 0 }).missing, -5);
});

test('rates, shares, money and spans read well at every size', () => {
  assert.deepEqual([0, 1234.4, 12, 4.16, 0.5, 0.011].map(formatRate),
    ['0/s', '1\u2009234/s', '12/s', '4.2/s', '30/min', '0.66/min']);
  assert.deepEqual([[0, 9], [1, 10000], [1, 300], [1, 8], [299, 300], [3, 3], [1, 0]]
    .map(([part = 0, whole = 0]) => formatShare(part, whole)),
    ['0 %', '<0.1 %', '0.3 %', '13 %', '>99 %', '100 %', '0 %']);
  assert.deepEqual([0, 5e-6, 0.000125, 0.0123, 0.5, 1.999, 1234.5].map(formatUsd),
    ['$0', '$0.000005', '$0.000125', '$0.0123', '$0.5', '$2.00', '$1\u2009234.50']);
  assert.deepEqual([0.2, 14.9, 200, 7300].map(formatSpan), ['1 s', '14 s', '3 min', '2 h']);
});

test('offsets of clocks are exact', () => {
  assert.equal(formatOffset(3600.25), '+3\u2009600.250\u2009000 s');
  assert.equal(formatOffset(-0.000021), '−0.000\u2009021 s');
});

test('any text is one word of a search, or none', () => {
  assert.equal(searchWord('payments'), 'payments');
  assert.equal(searchWord('a b'), '"a b"');
  assert.equal(searchWord('-not'), '"-not"');
  assert.equal(searchWord('say "hello there"'), '"hello there"');
  assert.equal(searchWord('"'), '');
  assert.ok(searchWord('x'.repeat(4000)).length <= 120);
});

test('only whole steps are drawn', () => {
  const point = (start: number, requests: number, fault = 0): SeriesPoint =>
    ({ start, seconds: 10, requests, ok: requests - fault, error: 0, throttle: 0, fault,
      p50: 0.1, p99: 0.2, max: 1 });
  const series = seriesOf([point(90, 1), point(100, 20, 5), point(110, 0), point(120, 3)], 95, 125);

  assert.deepEqual(series.starts, [100, 110]);
  assert.deepEqual(series.rate, [2, 0]);
  assert.deepEqual(series.faults, [0.25, null]);
  assert.deepEqual(series.p99, [0.2, null]);
});

test('axes end at round numbers at or above the highest value', () => {
  assert.deepEqual([0, 1, 1.1, 3, 0.7, 0.05, 5.1, 99].map(niceCeiling),
    [1, 1, 2, 5, 1, 0.05, 10, 100]);
});

test('lines break where there is no value, and a lone value is a dot', () => {
  assert.equal(linePath([1, 0, null, 2, null], 2, 10), 'M0.5 5.00L1.5 10.00M3.5 0.00h0.01');
  assert.equal(linePath([], 1, 10), '');
});
