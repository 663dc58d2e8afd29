// SPDX-License-Identifier: Apache-2.0
// The search language of GET /api/traces, as far as the page must know it: words between blanks,
// "phrases" (quotes may also stand inside a word), -exclusions. The server searches, and knows
// X-Ray's filter expressions besides; this finds mistakes early and toggles the chips.

export interface Word {
  text: string;
  excluded: boolean;
  start: number;
  end: number;
}

export interface Search {
  words: Word[];
  /// Index of the quote that is never closed, or -1.
  unclosed: number;
}

export const longestSearchBytes = 512;

export function parseSearch(query: string): Search {
  const words: Word[] = [];
  let at = 0;
  while (at < query.length) {
    if (query[at] === ' ') {
      at += 1;
      continue;
    }
    const start = at;
    const excluded = query[at] === '-' && at + 1 < query.length && query[at + 1] !== ' ';
    if (excluded) at += 1;
    let text = '';
    let quote = -1; // where the open one stands
    for (; at < query.length; at += 1) {
      const char = query.charAt(at);
      if (char === '"') quote = quote < 0 ? at : -1;
      else if (quote < 0 && char === ' ') break;
      else text += char;
    }
    if (quote >= 0) return { words, unclosed: quote };
    if (text !== '') words.push({ text, excluded, start, end: at });
  }
  return { words, unclosed: -1 };
}

/// `=fault`, which asks for a whole field, is what the overview's links say for `fault`.
function isWord(found: Word, word: string): boolean {
  const text = found.text.toLowerCase();
  return !found.excluded && (text === word || text === `=${word}`);
}

export function hasWord(query: string, word: string): boolean {
  return parseSearch(query).words.some((found) => isWord(found, word));
}

/// Adds the word, or takes every occurrence of it away; the rest of the query stays as typed.
export function toggleWord(query: string, word: string): string {
  if (!hasWord(query, word)) return query.trim() === '' ? word : `${query.trimEnd()} ${word}`;
  let left = query;
  for (const found of parseSearch(query).words.reverse()) {
    if (isWord(found, word)) {
      left = left.slice(0, found.start) + left.slice(found.end);
    }
  }
  return left.replace(/ {2,}/g, ' ').trim();
}

/// The text as one word of a search. What a phrase cannot hold is cut off: the word then matches
/// more, never less.
export function searchWord(text: string): string {
  const parts = text.split('"');
  const longest = parts.reduce((best, part) => (part.length > best.length ? part : best), '');
  const word = longest.slice(0, 120);
  return /^[^\s"-][^\s"]*$/.test(word) ? word : word.trim() === '' ? '' : `"${word}"`;
}

/// The server counts bytes, the page counts UTF-16 units.
export function byteToIndex(text: string, bytes: number): number {
  let counted = 0;
  let index = 0;
  for (const char of text) {
    if (counted >= bytes) break;
    counted += new TextEncoder().encode(char).length;
    index += char.length;
  }
  return index;
}

/// Why the query cannot be asked, or null.
export function searchMistake(query: string): { message: string; position: number } | null {
  const { unclosed } = parseSearch(query);
  if (unclosed >= 0) return { message: 'This quote is never closed.', position: unclosed };
  if (new TextEncoder().encode(query).length > longestSearchBytes) {
    return { message: `A search has at most ${longestSearchBytes} bytes.`, position: 0 };
  }
  return null;
}
