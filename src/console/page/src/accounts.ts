// SPDX-License-Identifier: Apache-2.0
// The console's books: everything received must be somewhere.

import type { Status } from './types';

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
