// SPDX-License-Identifier: Apache-2.0
// Exceptions of a span as chains: the one that was seen first, then what caused it.

import type { Document, Json } from '../types';
import { isObject, type Span, type Tree } from './tree';

export interface Frame {
  path: string;
  line: number;
  label: string;
}

export interface Exception {
  id: string;
  type: string;
  message: string;
  remote: boolean;
  stack: Frame[];
  /// Frames that the sender left out.
  truncated: number;
  /// Exceptions between this one and its cause that the sender left out.
  skipped: number;
  causeId: string;
}

export type ExceptionIndex = Map<string, Exception>;

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');
const count = (value: Json | undefined): number => (typeof value === 'number' ? value : 0);

function frameOf(value: Json): Frame[] {
  if (!isObject(value)) return [];
  return [{ path: text(value['path']), line: count(value['line']), label: text(value['label']) }];
}

function exceptionOf(value: Document): Exception {
  return {
    id: text(value['id']),
    type: text(value['type']),
    message: text(value['message']),
    remote: value['remote'] === true,
    stack: Array.isArray(value['stack']) ? value['stack'].flatMap(frameOf) : [],
    truncated: count(value['truncated']),
    skipped: count(value['skipped']),
    causeId: text(value['cause']),
  };
}

function ownExceptions(span: Span): Exception[] {
  const cause = span.document['cause'];
  if (!isObject(cause) || !Array.isArray(cause['exceptions'])) return [];
  return cause['exceptions'].filter(isObject).map(exceptionOf);
}

/// All exceptions of a trace by id: a span may name one that another span recorded.
export function indexExceptions(tree: Tree): ExceptionIndex {
  const index: ExceptionIndex = new Map();
  for (const span of tree.spans) {
    for (const exception of ownExceptions(span)) {
      if (exception.id !== '' && !index.has(exception.id)) index.set(exception.id, exception);
    }
  }
  return index;
}

/// Each chain starts with an exception that is no other's cause. Circles end where they close.
export function exceptionChains(span: Span, index: ExceptionIndex): Exception[][] {
  const cause = span.document['cause'];
  const referred = typeof cause === 'string' ? index.get(cause) : undefined;
  const own = referred ? [referred] : ownExceptions(span);
  const caused = new Set(own.map((exception) => exception.causeId).filter((id) => id !== ''));
  let heads = own.filter((exception) => !caused.has(exception.id));
  if (heads.length === 0) heads = own.slice(0, 1);
  return heads.map((head) => {
    const chain = new Set<Exception>();
    const local = new Map(own.map((exception) => [exception.id, exception]));
    let at: Exception | undefined = head;
    while (at && !chain.has(at)) {
      chain.add(at);
      at = at.causeId === '' ? undefined : (local.get(at.causeId) ?? index.get(at.causeId));
    }
    return [...chain];
  });
}

export interface FirstError {
  span: Span;
  text: string;
}

/// The sentence for the top of the page. Faults come before errors, spans that say why before
/// those that do not; of those left the deepest, because causes lie below effects, and of equally
/// deep ones the first to end.
export function firstError(tree: Tree, index: ExceptionIndex): FirstError | null {
  let found: FirstError | null = null;
  let foundRank = -1;
  for (const span of tree.spans) {
    if (!span.fault && !span.error && !span.throttle) continue;
    const exception = exceptionChains(span, index)[0]?.[0];
    const text = exception?.message || exception?.type || '';
    const rank = (span.fault ? 2 : 0) + (text === '' ? 0 : 1);
    const deeper = found && span.depth - found.span.depth;
    const better = rank > foundRank || (rank === foundRank && found && deeper !== null
      && (deeper > 0 || (deeper === 0 && span.end < found.span.end)));
    if (!better) continue;
    found = { span, text };
    foundRank = rank;
  }
  return found;
}
