// SPDX-License-Identifier: Apache-2.0
// The console's books: everything received must be somewhere.

import type { LogStatus, Status } from './types';

export interface Books {
  received: number;
  stored: number;
  duplicates: number;
  rejected: number;
  reasons: [string, number][];
  queued: number;
  /// Received and nowhere; 0 when the books balance. Negative: more than was received.
  missing: number;
  /// Never reached the console, so not part of the sum.
  lost: number;
}

export function booksOf({ intake }: Status): Books {
  const reasons = Object.entries(intake.rejected)
    .filter(([, count]) => count > 0)
    .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
  const rejected = reasons.reduce((sum, [, count]) => sum + count, 0);
  const received = intake.datagrams + intake.api_documents;
  const { documents: stored, duplicates, queued, kernel_dropped: lost } = intake;
  const missing = received - stored - duplicates - rejected - queued;
  return { received, stored, duplicates, rejected, reasons, queued, missing, lost };
}

/// The verdict in a sentence.
export function balanceWords({ missing, lost }: Books): string {
  const count = Math.abs(missing);
  const documents = count === 1 ? 'document is' : 'documents are';
  if (missing > 0) return `The books do not balance: ${count} ${documents} unaccounted for.`;
  if (missing < 0) return `The books do not balance: ${count} ${documents} counted twice.`;
  return lost > 0 ? 'The books balance, but not everything arrived.' : 'The books balance.';
}

export interface LogBooks {
  /// Left by an earlier run.
  loaded: number;
  received: number;
  held: number;
  /// Why lines are no more held, and how many.
  gone: [string, number][];
  /// Unaccounted for: 0 when the books balance. Negative: more than came.
  missing: number;
  failed: number;
}

/// Of log lines: what was there and what came is held, or gone for a reason.
export function logBooksOf(status: LogStatus): LogBooks {
  const { loaded, received, events: held, evicted, expired, deleted, failed } = status;
  const gone: [string, number][] = [['evicted, the store was full', evicted],
    ['expired by retention', expired], ['deleted', deleted]];
  const missing = loaded + received - held - evicted - expired - deleted;
  return { loaded, received, held, gone, missing, failed };
}
