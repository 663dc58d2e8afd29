// SPDX-License-Identifier: Apache-2.0
// The rows of the live list: newest first, bounded, each trace once. It knows nothing of the DOM.
// While held (paused, scrolled away, a row selected) new traces wait; known ones still change in
// place, because a row that says "running" after it ended would lie.

import type { TraceSummary } from './types';

/// Rows kept. More cannot be read, and the search narrows better than scrolling does.
export const rowLimit = 500;

function newestFirst(a: TraceSummary, b: TraceSummary): number {
  return b.start - a.start || (a.id < b.id ? 1 : -1);
}

export class TraceList {
  rows: TraceSummary[] = [];
  /// Cursor to older traces on the server; null when rows reach the oldest or the row limit.
  next: string | null = null;
  private waiting = new Map<string, TraceSummary>();

  /// New traces that wait for the list to be released; rowLimit at most.
  get waitingCount(): number {
    return this.waiting.size;
  }

  /// True when the row limit, not the server, ends the list.
  get full(): boolean {
    return this.rows.length >= rowLimit;
  }

  replace(traces: TraceSummary[], next: string | null): void {
    this.waiting.clear();
    this.next = next;
    this.show(traces);
  }

  /// Appends a page of older traces.
  append(traces: TraceSummary[], next: string | null): void {
    this.next = next;
    const known = new Set(this.rows.map((row) => row.id));
    this.show(this.rows.concat(traces.filter((trace) => !known.has(trace.id))));
  }

  /// Takes a batch from the event stream. True when rows or the waiting count changed.
  apply(updates: readonly TraceSummary[], held: boolean): boolean {
    const index = new Map(this.rows.map((row, at) => [row.id, at]));
    const rows = this.rows.slice();
    const oldest = this.next === null ? undefined : rows[rows.length - 1];
    let changed = false;
    for (const update of updates) {
      const at = index.get(update.id);
      if (at !== undefined) {
        if (update.revision <= (rows[at] as TraceSummary).revision) continue;
        rows[at] = update;
      } else if (oldest !== undefined && update.start < oldest.start) {
        continue;
      } else if (held) {
        this.wait(update);
      } else {
        index.set(update.id, rows.push(update) - 1);
      }
      changed = true;
    }
    if (changed) this.show(rows);
    return changed;
  }

  /// Shows what waited.
  release(): void {
    if (this.waiting.size === 0) return;
    const updates = [...this.waiting.values()];
    this.waiting.clear();
    this.apply(updates, false);
  }

  clear(): void {
    this.replace([], null);
  }

  private wait(update: TraceSummary): void {
    const known = this.waiting.get(update.id);
    if (known && known.revision >= update.revision) return;
    this.waiting.delete(update.id);
    this.waiting.set(update.id, update);
    if (this.waiting.size <= rowLimit) return;
    const first = this.waiting.keys().next();
    if (!first.done) this.waiting.delete(first.value);
  }

  private show(rows: TraceSummary[]): void {
    this.rows = rows.sort(newestFirst);
    if (this.rows.length <= rowLimit) return;
    this.rows = this.rows.slice(0, rowLimit);
    this.next = null;
  }
}
