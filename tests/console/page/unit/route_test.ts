// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatRoute, listRoute, mapRoute, overviewRoute, parseRoute }
  from '../../../../src/console/page/src/route';

const id = '1-67891234-012345678901234567890123';

test('places survive the address bar', () => {
  const places = [
    listRoute,
    { ...listRoute, query: 'a=b & "c d" é+%' },
    { ...listRoute, room: 'trace' as const, traceId: id, spanId: 'feedfacefeedface' },
    overviewRoute,
    mapRoute,
    { ...mapRoute, node: 'service:a b&c=d' },
    { ...mapRoute, node: 'service:payments', to: 'database:ledger@db' },
  ];
  for (const place of places) assert.deepEqual(parseRoute(formatRoute(place)), place);
});

test('the AWS console\'s own form of a search is understood', () => {
  assert.equal(parseRoute("#xray:traces/query?~(query~'fault*20acme)").query, 'fault acme');
  assert.equal(parseRoute("#xray:traces/query?~(query~'fault')").query, 'fault');
});

test('anything else is the overview', () => {
  for (const hash of ['', '#', '#nothing', '#xray:overview', '#xray:trac%', '#xray:service-maps']) {
    assert.deepEqual(parseRoute(hash), overviewRoute);
  }
  for (const hash of ['#xray:traces', '#xray:traces?']) {
    assert.deepEqual(parseRoute(hash), listRoute);
  }
  assert.deepEqual(parseRoute('#xray:service-map?to=service:x'), mapRoute);
});

test('escapes that are none do no harm', () => {
  assert.equal(parseRoute('#xray:traces/%E0%A4%A').traceId, '%E0%A4%A');
});
