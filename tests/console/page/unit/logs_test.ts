// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { groupBySpan, linesWords, marksOf } from '../../../../src/console/page/src/logs/by_span';
import { awsCommand, combinedPattern, shellWord } from
  '../../../../src/console/page/src/logs/command';
import { RowLayout, rowsInSight } from '../../../../src/console/page/src/logs/layout';
import { equalsPattern, exactTime, inlineFields, levelKind, parsedObject, worseKind } from
  '../../../../src/console/page/src/logs/lines';
import { addToFacets } from '../../../../src/console/page/src/logs/facets';
import { asPhrase, isInsights, noFilters } from '../../../../src/console/page/src/logs/place';
import { redactedWords, splitRedacted } from '../../../../src/console/page/src/logs/redaction';
import { isNumeric, nextSorting, sortRows } from '../../../../src/console/page/src/logs/table';
import { buildTree } from '../../../../src/console/page/src/trace/tree';
import type { Document, LogLine } from '../../../../src/console/page/src/types';

const line = (parts: Partial<LogLine>): LogLine => ({ id: '1', time: 1, group: '/aloft/payments',
  stream: 's', level: 'INFO', message: 'm', service: 'payments', logger: '', request_id: '',
  tenant: '', user: '', trace_id: '', span_id: '', fields: {}, raw: '{}', ...parts });

test('what the redactor left is told apart from the text around it', () => {
  const parts = splitRedacted('card [redacted:pan *1881] of '
    + '[redacted:email 2026-11/cfhpnbkoaiedgmlj], key [redacted:credential].');

  assert.deepEqual(parts.map((part) => (typeof part === 'string' ? part : part.name)),
    ['card ', 'pan', ' of ', 'email', ', key ', 'credential', '.']);
  const [masked, hashed, erased] = parts.filter((part) => typeof part !== 'string');
  assert.deepEqual(masked,
    { text: '[redacted:pan *1881]', name: 'pan', last: '1881', keyId: '', hash: '' });
  assert.equal(hashed?.keyId, '2026-11');
  assert.equal(hashed?.hash, 'cfhpnbkoaiedgmlj');
  assert.equal(erased?.text, '[redacted:credential]');
});

test('a chip says in words what was taken out', () => {
  const words = (text: string): string => {
    const [part] = splitRedacted(text);
    return part === undefined || typeof part === 'string' ? '' : redactedWords(part);
  };

  assert.equal(words('[redacted:pan *1881]'), 'card number, taken out; last digits 1881');
  assert.equal(words('[redacted:userinfo]'), 'user and password of a URL, taken out');
  assert.equal(words('[redacted:future-class]'), 'future-class, taken out');
  assert.match(words('[redacted:email k7/abcdefghijklmnop]'), /hashed with the key k7/);
});

test('what only looks like a label stays text', () => {
  for (const text of ['[redacted:]', '[redacted:PAN]', '[redacted:pan *<b>]', '[redacted:pan',
    'redacted:pan]', `[redacted:pan ${'x'.repeat(35)}]`]) {
    assert.deepEqual(splitRedacted(text), [text]);
  }
  assert.deepEqual(splitRedacted(''), []);
});

test('levels of any logger are grave, middling or quiet', () => {
  assert.deepEqual(['ERROR', 'fatal', 'WARN', 'warning', 'INFO', '', 'debug'].map(levelKind),
    ['fault', 'fault', 'error', 'error', 'plain', 'plain', 'quiet']);
  assert.equal(worseKind('quiet', 'error'), 'error');
  assert.equal(worseKind('fault', 'error'), 'fault');
});

test('beside a message stand the fields that say most, errors first and by their message', () => {
  const fields: Document = { amount: 42, tags: ['a', 'b'], error: { type: 'aloft::Timeout',
    message: 'fraud timed out' }, status: 503, deep: { a: 1 }, none: null };

  assert.deepEqual(inlineFields(fields), [['error', 'aloft::Timeout: fraud timed out'],
    ['status', '503'], ['amount', '42'], ['tags', '[2]'], ['deep', '{1}'], ['none', 'null']]);
  assert.deepEqual(inlineFields(fields, 1).map(([key]) => key), ['error']);
  assert.equal(inlineFields({ long: 'x'.repeat(900) })[0]?.[1].length, 121);
  for (const wrong of [null, 'text', 7, ['a']]) {
    assert.deepEqual(inlineFields(wrong as unknown as Document), []);
  }
});

test('an event that is no JSON object has no tree', () => {
  assert.deepEqual(parsedObject('{"a":1}'), { a: 1 });
  for (const raw of ['plain text', '{"a":', '[1]', 'null', '']) {
    assert.equal(parsedObject(raw), null);
  }
});

test('a line of ours says to the microsecond when it was written', () => {
  const time = Date.parse('2026-11-27T21:12:20.718Z') / 1000;
  const exact = (text: string): number =>
    exactTime({ time, raw: `{"timestamp":"${text}"}` }) - time;

  assert.ok(Math.abs(exact('2026-11-27T21:12:20.718652Z') - 0.000652) < 1e-6);
  for (const other of ['2026-11-27T21:12:25.718652Z', 'yesterday', '']) {
    assert.equal(exact(other), 0);
  }
});

test('a pattern for a field holds quotes and backslashes', () => {
  assert.equal(equalsPattern('request_id', 'r-1'), '{ $.request_id = "r-1" }');
  assert.equal(equalsPattern('request_id', 'a"b\\c'), '{ $.request_id = "a\\"b\\\\c" }');
});

test('a query that begins with a command of Insights, or has a pipe, looks like one', () => {
  for (const query of ['fields @message', ' STATS count(*) by level', 'x | limit 3']) {
    assert.equal(isInsights(query), true, query);
  }
  for (const query of ['', 'error -timeout', '{ $.level = "ERROR" }', 'filtered', '"a phrase"']) {
    assert.equal(isInsights(query), false, query);
  }
});

test('what is pasted can be searched as it stands', () => {
  assert.equal(asPhrase(' r-503 '), '"r-503"');
  assert.equal(asPhrase('C:\\x/1-67'), '"C:\\\\x/1-67"');
  for (const more of ['', 'say "x', '{ $.a', '[a', '?a-b', '-a-b', '%a', 'fields a-b', 'a | b']) {
    assert.equal(asPhrase(more), null, more);
  }
});

test('unfolded rows push those below them down', () => {
  const layout = new RowLayout(100, 10, [[2, 50], [5, 7]]);

  assert.deepEqual([0, 2, 3, 5, 6, 100].map((row) => layout.topOf(row)),
    [0, 20, 80, 100, 117, 1057]);
  assert.equal(layout.height, 1057);
  assert.deepEqual([-5, 0, 19, 20, 79, 80, 116, 117, 5000].map((y) => layout.rowAt(y)),
    [0, 0, 1, 2, 2, 3, 5, 6, 99]);
});

test('only rows in sight and some around exist', () => {
  const layout = new RowLayout(10_000, 28);
  const { first, last } = rowsInSight(layout, 28_000, 700);

  assert.ok(first <= 988 && first > 970, `${first}`);
  assert.ok(last >= 1037 && last < 1055, `${last}`);
  assert.deepEqual(rowsInSight(new RowLayout(0, 28), 0, 700), { first: 0, last: 0 });
  assert.deepEqual(rowsInSight(new RowLayout(3, 28), 0, 700), { first: 0, last: 3 });
});

test('a table is sorted by value, what has none is last, and a third press is as answered', () => {
  const rows = [['b', '10'], ['a', ''], ['c', '9.5'], ['a', '-1']];
  const column = (sorted: string[][], at: number): string[] => sorted.map((row) => row[at] ?? '');

  assert.equal(isNumeric(rows, 1), true);
  assert.equal(isNumeric(rows, 0), false);
  const up = nextSorting(null, 1);
  assert.deepEqual(column(sortRows(rows, up), 1), ['-1', '9.5', '10', '']);
  const down = nextSorting(up, 1);
  assert.deepEqual(column(sortRows(rows, down), 1), ['10', '9.5', '-1', '']);
  assert.equal(nextSorting(down, 1), null);
  assert.deepEqual(sortRows(rows, null), rows);
  assert.deepEqual(column(sortRows(rows, nextSorting(down, 0)), 0), ['a', 'a', 'b', 'c']);
});

test('counts of the facets grow with what arrives, and keep their order', () => {
  const facets = { level: [{ value: 'INFO', count: 3 }], service: [], tenant: [] };

  const more = addToFacets(facets, [line({ level: 'ERROR', tenant: 'acme' }),
    line({ level: 'INFO', tenant: '' })]);

  assert.deepEqual(more.level, [{ value: 'INFO', count: 4 }, { value: 'ERROR', count: 1 }]);
  assert.deepEqual(more.tenant, [{ value: 'acme', count: 1 }]);
  assert.deepEqual(facets.level, [{ value: 'INFO', count: 3 }]);
});

test('search and filters become one filter pattern where that language can say it', () => {
  const filters = { ...noFilters, level: 'ERROR', tenant: 'acme' };

  assert.equal(combinedPattern('', noFilters), '');
  assert.equal(combinedPattern('', filters), '{ $.level = "ERROR" && $.tenant_id = "acme" }');
  assert.equal(combinedPattern('{ $.a = 1 || $.b = 2 }', filters),
    '{ ($.a = 1 || $.b = 2) && $.level = "ERROR" && $.tenant_id = "acme" }');
  assert.equal(combinedPattern('timeout -slow', { ...noFilters, level: 'ERROR' }),
    'timeout -slow "\\"level\\":\\"ERROR\\""');
  for (const alone of ['?a ?b', '[a, b]', '%x|y%']) {
    assert.equal(combinedPattern(alone, filters), null);
    assert.equal(combinedPattern(alone, noFilters), alone);
  }
});

test('a search can be taken to the aws CLI', () => {
  const input = { query: "it's", insights: false, filters: { ...noFilters, minutes: '15' },
    groups: ['/aloft/payments'], endpoint: 'http://127.0.0.1:2000' };

  assert.equal(awsCommand(input), 'aws logs filter-log-events --endpoint-url http://127.0.0.1:2000'
    + " --log-group-name /aloft/payments --start-time $(date -d '-15 minutes' +%s000)"
    + " --filter-pattern 'it'\\''s'");
  assert.equal(awsCommand({ ...input, groups: ['/a', '/b'] })?.split('\n').length, 2);
  assert.equal(awsCommand({ ...input, groups: [] }), null);
  assert.match(awsCommand({ ...input, query: 'stats count(*) by level', insights: true,
    filters: { ...noFilters, level: 'WARN' } }) ?? '',
  /start-query .* --query-string 'filter level = "WARN" \| stats count\(\*\) by level'/);
  assert.equal(shellWord('$(rm)'), "'$(rm)'");
});

test('lines stand with their span, sums with those above, and strays with the root', () => {
  const at = (id: string, parent_id: string, name: string): Document =>
    ({ id, parent_id, name, trace_id: 't', start_time: 10, end_time: 20, type: 'subsegment' });
  const tree = buildTree([{ id: 'a', name: 'root', trace_id: 't', start_time: 10, end_time: 20 },
    at('b', 'a', 'call'), at('c', 'b', 'deep')]);
  const lines = groupBySpan(tree, [line({ id: '3', time: 13, span_id: 'c', level: 'ERROR' }),
    line({ id: '2', time: 12, span_id: 'c' }), line({ id: '9', time: 11, span_id: 'elsewhere' })]);
  const of = (id: string) => lines.get(tree.byId.get(id)!);

  assert.deepEqual(of('c')?.own.map(({ id }) => id), ['2', '3']);
  assert.deepEqual([of('a')?.all, of('b')?.all, of('c')?.all], [3, 2, 2]);
  assert.deepEqual([of('a')?.worst, of('b')?.worst], ['fault', 'fault']);
  assert.deepEqual(of('a')?.own.map(({ id }) => id), ['9']);
  const [root] = tree.roots;
  assert.deepEqual(marksOf(tree, lines, root!, false).map(({ time }) => time), [11]);
  assert.deepEqual(marksOf(tree, lines, root!, true).map(({ kind }) => kind),
    ['plain', 'plain', 'fault']);
  assert.equal(linesWords(3, 'fault'), '3 log lines, with errors');
  assert.equal(linesWords(1, 'plain'), '1 log line');
});

test('a tick stands where the clock of the span was put right', () => {
  const tree = buildTree([
    { id: 'a', name: 'front', trace_id: 't', start_time: 10, end_time: 20, subsegments: [
      { id: 'b', name: 'call', namespace: 'remote', start_time: 11, end_time: 13 }] },
    { id: 'c', name: 'back', trace_id: 't', parent_id: 'b', start_time: 111, end_time: 112 },
  ]);
  const back = tree.byId.get('c')!;
  const lines = groupBySpan(tree, [line({ span_id: 'c', time: 111.5 })]);

  const [mark] = marksOf(tree, lines, back, false);
  assert.ok(mark && mark.time > back.start && mark.time < back.end, `${mark?.time}`);
});
