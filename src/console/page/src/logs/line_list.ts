// SPDX-License-Identifier: Apache-2.0
// The lines of the live list: newest first, bounded, each once. It knows nothing of the DOM. While
// held (paused, scrolled away, a line selected) new lines wait and nothing moves.

import { newestFirst } from './lines';
import type { LogLine } from '../types';

/// Lines kept. The search narrows better than scrolling does.
export const lineLimit = 2000;
/// Ids that are remembered: of the rows, of what waits, and of as many that went.
const mostKnown = 3 * lineLimit;

export class LineList {
  rows: LogLine[] = [];
  /// Cursor to older lines on the server; null when rows reach the oldest or the limit.
  next: string | null = null;
  /// Lines that came while held, also those that are no more kept.
  waitingCount = 0;
  /// Lines were missed while held: what waits must be read again.
  stale = false;
  private waiting: LogLine[] = [];
  private known = new Set<string>();
  /// What came since the rows are in doubt; null while they are not.
  private meanwhile: LogLine[] | null = null;

  /// Ids remembered.
  get remembered(): number {
    return this.known.size;
  }

  /// True when the limit, not the server, ends the list.
  get full(): boolean {
    return this.rows.length >= lineLimit;
  }

  replace(lines: readonly LogLine[], next: string | null): void {
    this.waiting = [];
    this.waitingCount = 0;
    this.stale = false;
    this.meanwhile = null;
    this.next = next;
    this.known = new Set();
    this.show(this.fresh(lines));
  }

  /// Appends a page of older lines.
  append(lines: readonly LogLine[], next: string | null): void {
    this.next = next;
    this.show(this.rows.concat(this.fresh(lines)));
  }

  /// Rows may be no more, or lines be missing: the page that is read from now on replaces them,
  /// but not what comes until then.
  doubt(): void {
    this.meanwhile = [];
  }

  /// Takes the newest page, read anew. Where it joins what is known, only what is new is added;
  /// where lines are missing between, or rows are in doubt, it replaces everything, or waits for
  /// that while held.
  renew(lines: readonly LogLine[], next: string | null, held: boolean): readonly LogLine[] {
    const joins = next === null || lines.some((line) => this.known.has(line.id));
    if (this.rows.length > 0 && lines.length > 0) {
      if (held && (!joins || this.meanwhile)) this.stale = true;
      if (joins && (held || !this.meanwhile)) return this.apply(lines, held);
      if (held) return [];
    }
    const since = this.meanwhile ?? [];
    this.replace(lines, next);
    return this.apply(since, held);
  }

  /// Takes a batch from the event stream; gives those of it that are new on screen.
  apply(lines: readonly LogLine[], held: boolean): readonly LogLine[] {
    const oldest = this.next === null ? undefined : this.rows[this.rows.length - 1];
    // What is older than the last page read comes with its page.
    const wanted = lines.filter((line) => !oldest || newestFirst(line, oldest) < 0);
    const fresh = this.fresh(wanted);
    if (fresh.length === 0) return fresh;
    if (this.meanwhile) this.meanwhile = this.meanwhile.concat(fresh).slice(-lineLimit);
    if (held) {
      this.waitingCount += fresh.length;
      this.waiting = this.waiting.concat(fresh).slice(-lineLimit);
      return [];
    }
    this.show(this.rows.concat(fresh));
    return fresh;
  }

  /// Shows what waited; gives what is new on screen.
  release(): readonly LogLine[] {
    const waited = this.waiting;
    this.waiting = [];
    this.waitingCount = 0;
    if (waited.length > 0) this.show(this.rows.concat(waited));
    return waited;
  }

  private fresh(lines: readonly LogLine[]): LogLine[] {
    // Ids of lines that went may be forgotten, or the set would grow for ever.
    if (this.known.size > mostKnown) {
      this.known = new Set(this.rows.concat(this.waiting).map((line) => line.id));
    }
    return lines.filter((line) => {
      if (this.known.has(line.id)) return false;
      this.known.add(line.id);
      return true;
    });
  }

  private show(rows: LogLine[]): void {
    this.rows = rows.sort(newestFirst);
    if (rows.length > lineLimit) {
      this.rows = rows.slice(0, lineLimit);
      this.next = null;
    }
  }
}
