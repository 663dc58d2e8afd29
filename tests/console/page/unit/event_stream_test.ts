// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EventParser, retryWaitMs } from '../../../../src/console/page/src/event_stream';

const text = ': hello\n\nevent: traces\ndata: {"a":\ndata: 1}\n\n'
  + 'event: reset\r\ndata: {}\r\n\r\ndata:x\n\n';
const events = [
  { event: 'traces', data: '{"a":\n1}' },
  { event: 'reset', data: '{}' },
  { event: 'message', data: 'x' },
];

test('events come out whole, however the text was cut', () => {
  assert.deepEqual(new EventParser().push(text), events);
  for (let size = 1; size < 9; size += 1) {
    const parser = new EventParser();
    const found = [];
    for (let at = 0; at < text.length; at += size) {
      found.push(...parser.push(text.slice(at, at + size)));
    }
    assert.deepEqual(found, events);
  }
});

test('comments and events without data say nothing', () => {
  assert.deepEqual(new EventParser().push(': still here\n\nevent: traces\n\n'), []);
});

test('waits grow to a bound, with jitter around them', () => {
  assert.deepEqual([0, 1, 2, 9, 999].map((attempt) => retryWaitMs(attempt, 0.5)),
    [500, 1000, 2000, 8000, 8000]);
  assert.equal(retryWaitMs(0, 0), 375);
});
