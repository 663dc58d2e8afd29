// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assignHues, hueCount } from '../../../../src/console/page/src/trace/hues';
import { clampView, fractionAt, fullView, ticks, zoomView } from
  '../../../../src/console/page/src/trace/scale';

test('marks are round and inside the view', () => {
  assert.deepEqual(ticks({ start: 100, end: 110 }, 100, 6), [0, 2, 4, 6, 8, 10]);
  assert.deepEqual(ticks({ start: 103, end: 104 }, 100, 3), [3, 3.5, 4]);
});

test('a trace that took no time still has a view', () => {
  const view = fullView(5, 5);

  assert.ok(view.end > view.start);
  assert.equal(fractionAt(view, 5), 0);
});

test('zooming keeps its centre and never leaves the trace', () => {
  const full = { start: 0, end: 100 };

  assert.deepEqual(zoomView(full, full, 0.5, 50), { start: 25, end: 75 });
  assert.deepEqual(zoomView({ start: 0, end: 50 }, full, 4, 10), full);
  assert.deepEqual(clampView({ start: 90, end: 130 }, full), { start: 60, end: 100 });
});

test('a service has one hue, and no two share one while others are free', () => {
  const services = ['payments', 'fraud', 'ledger', 'a', 'b', 'c', 'd', 'e'];
  const hues = assignHues(services);

  assert.equal(new Set(hues.values()).size, hueCount);
  assert.equal(assignHues(['payments', 'x']).get('payments'), hues.get('payments'));
  assert.equal(assignHues([...services, 'ninth']).size, 9);
});
