// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatRoute, listRoute, logsRoute, mapRoute, overviewRoute, parseRoute }
  from '../../../../src/console/page/src/route';

const none = logsRoute.logs;
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
    logsRoute,
    { ...logsRoute, query: '{ $.a = "b c" } é+%', logs: { ...none, level: 'A', minutes: '15' } },
    { ...logsRoute, logs: { ...none, trace: id, tenant: '<i>' }, lineId: '17' },
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

test('links of AWS to logs are understood', () => {
  assert.deepEqual(parseRoute('#logsV2:log-groups/log-group/$252Faloft$252Fpayments'),
    { ...logsRoute, logs: { ...none, group: '/aloft/payments' } });
  assert.deepEqual(
    parseRoute('#logsV2:log-groups/log-group/$252Fa/log-events$3FfilterPattern$3DERROR+x'),
    { ...logsRoute, query: 'ERROR x', logs: { ...none, group: '/a' } });
  assert.deepEqual(parseRoute("#logsV2:logs-insights?queryDetail=~(end~0~start~-3600"
    + "~editorString~'fields*20*40message*0a*7c*20limit*202~source~(~'*2faloft*2fpayments))"),
  { ...logsRoute, query: 'fields @message\n| limit 2',
    logs: { ...none, group: '/aloft/payments' } });
  assert.deepEqual(parseRoute('#logsV2:live-tail'), logsRoute);
});

test('a stretch of time that is none is any time', () => {
  for (const minutes of ['0', '-5', '1e3', 'x', '99999999']) {
    assert.deepEqual(parseRoute(`#logsV2:logs-insights?minutes=${minutes}`), logsRoute);
  }
});
