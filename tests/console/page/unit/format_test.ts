// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { barFraction, formatAgo, formatBytes, formatCount, formatDuration, formatTick,
  outcomeOf, routeOf, shortId, shortened, visible } from '../../../../src/console/page/src/format';

test('durations have three digits in the largest unit', () => {
  const cases: [number, string][] = [
    [0, '0 µs'], [0.0000451, '45.1 µs'], [0.000999, '999 µs'], [0.0009999, '1.00 ms'],
    [0.8124, '812 ms'], [0.9996, '1.00 s'], [1.2399, '1.24 s'], [59.99, '1.00 min'],
    [124, '2.07 min'], [7300, '2.03 h'], [-0.5, '−500 ms'], [NaN, '–'], [Infinity, '–'],
  ];
  for (const [seconds, words] of cases) assert.equal(formatDuration(seconds), words);
});

test('marks of the ruler lose zeros that say nothing', () => {
  const words = [0, 0.2, 1.5, 10, 0.00125].map(formatTick);

  assert.deepEqual(words, ['0', '200 ms', '1.5 s', '10 s', '1.25 ms']);
});

test('relative times have one unit and never say a future', () => {
  const words = [-3, 0.4, 4.9, 61, 7200, 200000].map(formatAgo);

  assert.deepEqual(words, ['now', 'now', '4 s ago', '1 min ago', '2 h ago', '2 d ago']);
});

test('bytes and counts are grouped for the eye', () => {
  assert.deepEqual([999, 1000, 268435456, 5e9].map(formatBytes),
    ['999 B', '1 kB', '268 MB', '5 GB']);
  assert.equal(formatCount(1234567), '1\u2009234\u2009567');
});

test('characters that reorder, hide or end text are written out', () => {
  assert.equal(visible('gnp\u202eexe'), 'gnp‹U+202E›exe');
  assert.equal(visible('nul\u0000 \u007f'), 'nul‹U+0000› ‹U+007F›');
  assert.equal(visible('\u2066 \ufeff'), '‹U+2066› ‹U+FEFF›');
  assert.equal(visible('half \ud83d'), 'half \ufffd');
});

test('line breaks, scripts and emoji stay as they are', () => {
  const text = 'a\n\tb שלום 👩‍👩‍👧 ‌می‌خواهم';

  assert.equal(visible(text), text);
});

test('the worst outcome wins, and a throttle is told from an error', () => {
  const flags = { fault: false, error: true, throttle: true, in_progress: false };

  assert.equal(outcomeOf(flags), 'throttle');
  assert.equal(outcomeOf({ ...flags, fault: true }), 'fault');
  const running = { fault: false, error: false, throttle: false, in_progress: true };
  assert.equal(outcomeOf(running), 'running');
});

test('routes come from the URL as it is, and from the name when there is none', () => {
  const route = (url: string): string => routeOf({ url, name: 'job' });

  assert.equal(route('http://h:1/v1/charges/{id}?x=1'), '/v1/charges/{id}?x=1');
  assert.equal(route('http://h:1/'), '/');
  assert.equal(route('http://h:1'), '(no route)');
  assert.equal(route('not a url'), 'not a url');
  assert.equal(route(''), 'job');
});

test('ids keep both ends', () => {
  assert.equal(shortId('1-67891234-012345678901234567890123'), '1-67891234-…90123');
  assert.equal(shortId('53995c3f42cd8ad8'), '53995c3f42cd8ad8');
});

test('bars follow one scale', () => {
  assert.equal(barFraction(0), 0);
  assert.equal(barFraction(0.001), 0.2);
  assert.equal(barFraction(3600), 1);
});

test('a text that is too long for one line is cut, but not inside a character', () => {
  assert.equal(shortened('a'.repeat(2000)), 'a'.repeat(2000));
  assert.equal(shortened('a'.repeat(2001)), `${'a'.repeat(2000)}…`);
  assert.equal(shortened(`${'a'.repeat(1999)}\u{1f600}`), `${'a'.repeat(1999)}…`);
});
