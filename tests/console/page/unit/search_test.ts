// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byteToIndex, hasWord, parseSearch, searchMistake, toggleWord } from
  '../../../../src/console/page/src/search';

test('words, phrases and exclusions are told apart', () => {
  const { words, unclosed } = parseSearch('globex -ok "POST /v1" -"a b"');

  assert.deepEqual(words.map((one) => [one.text, one.excluded]),
    [['globex', false], ['ok', true], ['POST /v1', false], ['a b', true]]);
  assert.equal(unclosed, -1);
});

test('an unclosed quote is found where it opens', () => {
  assert.deepEqual(searchMistake('ab "cd'),
    { message: 'This quote is never closed.', position: 3 });
  assert.equal(searchMistake('ab "cd"'), null);
});

test('quotes may stand inside a word, as filter expressions have them', () => {
  const { words, unclosed } = parseSearch('user="ada " -a="b c"');

  assert.deepEqual(words.map((one) => [one.text, one.excluded]),
    [['user=ada ', false], ['a=b c', true]]);
  assert.equal(unclosed, -1);
  assert.equal(searchMistake('service("a") { user = "x" name="y " }'), null);
  assert.equal(searchMistake('user="ada')?.position, 5);
});

test('a search longer than the console takes is a mistake', () => {
  assert.equal(searchMistake('é'.repeat(256)), null);
  assert.equal(searchMistake('é'.repeat(257))?.message, 'A search has at most 512 bytes.');
});

test('a chip adds its word and takes it away again, leaving the rest', () => {
  assert.equal(toggleWord('', 'fault'), 'fault');
  assert.equal(toggleWord('acme "x  y"', 'fault'), 'acme "x  y" fault');
  assert.equal(toggleWord('acme fault globex', 'fault'), 'acme globex');
});

test('an excluded word is not the word', () => {
  assert.equal(hasWord('-fault', 'fault'), false);
  assert.equal(toggleWord('-fault', 'fault'), '-fault fault');
});

test('positions in bytes become positions in text', () => {
  assert.equal(byteToIndex('é"x', 2), 1);
  assert.equal(byteToIndex('🎉"x', 4), 2);
  assert.equal(byteToIndex('ab', 99), 2);
});

test('a whole field is the word of its chip', () => {
  assert.equal(hasWord('=fault globex', 'fault'), true);
  assert.equal(toggleWord('=fault globex', 'fault'), 'globex');
});
