// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { criticalPath, selfTime } from '../../../../src/console/page/src/trace/times';
import { buildTree, type Span } from '../../../../src/console/page/src/trace/tree';
import type { Document } from '../../../../src/console/page/src/types';

function span(id: string, start: number, end: number, ...subsegments: Document[]): Document {
  return { id, name: id, start_time: start, end_time: end, subsegments };
}

const rootOf = (document: Document): Span => buildTree([document]).roots[0] as Span;
const path = (document: Document): string[] =>
  criticalPath(rootOf(document)).reverse().map((one) => `${one.span.name} ${one.start}-${one.end}`);

test('self time is what no child covers, overlaps counted once', () => {
  assert.equal(selfTime(rootOf(span('a', 0, 10, span('b', 1, 4), span('c', 3, 6)))), 5);
});

test('self time ignores what children do outside their parent', () => {
  assert.equal(selfTime(rootOf(span('a', 10, 20, span('b', 5, 12), span('c', 18, 30)))), 6);
});

test('self time of a span without children is its duration', () => {
  assert.equal(selfTime(rootOf(span('a', 2, 7))), 5);
});

test('the critical path of children in a row goes through all of them', () => {
  assert.deepEqual(path(span('a', 0, 10, span('b', 1, 4), span('c', 5, 9))), [
    'a 0-1', 'b 1-4', 'a 4-5', 'c 5-9', 'a 9-10',
  ]);
});

test('of parallel children only the one that finished last is on the path', () => {
  assert.deepEqual(path(span('a', 0, 10, span('slow', 1, 9), span('quick', 1, 5))), [
    'a 0-1', 'slow 1-9', 'a 9-10',
  ]);
});

test('before a child began, the path was with the child that had ended by then', () => {
  const tree = span('a', 0, 10, span('early', 0, 3), span('over', 1, 6), span('last', 4, 10));

  assert.deepEqual(path(tree), ['early 0-3', 'a 3-4', 'last 4-10']);
});

test('the path descends, and clips what outlives its parent', () => {
  const tree = span('a', 0, 10, span('b', 2, 8, span('c', 4, 20)));

  assert.deepEqual(path(tree), ['a 0-2', 'b 2-4', 'c 4-8', 'a 8-10']);
});

test('sections of the path cover the root exactly', () => {
  const children = Array.from({ length: 500 }, (_, at) => span(`c${at}`, at % 37, (at % 61) + 38));
  const sections = criticalPath(rootOf(span('a', 0, 100, ...children))).reverse();

  assert.equal(sections[0]?.start, 0);
  assert.equal(sections.at(-1)?.end, 100);
  for (let at = 1; at < sections.length; at += 1) {
    assert.equal(sections[at]?.start, sections[at - 1]?.end);
  }
});

test('children that take no time do not hold the path up', () => {
  assert.deepEqual(path(span('a', 0, 2, span('b', 1, 1), span('c', 2, 2))), ['a 0-2']);
});

test('a chain of 50,000 spans needs no recursion', () => {
  let document = span('leaf', 0, 1);
  for (let level = 0; level < 50_000; level += 1) document = span(`n${level}`, 0, 1, document);

  assert.deepEqual(path(document), ['leaf 0-1']);
});
