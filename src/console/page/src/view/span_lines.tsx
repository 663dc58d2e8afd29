// SPDX-License-Identifier: Apache-2.0
// The log lines of one span, in its details.

import { useState } from 'preact/hooks';
import { formatDuration, formatTime } from '../format';
import type { SpanLines } from '../logs/by_span';
import { exactTime } from '../logs/lines';
import type { Span, Tree } from '../trace/tree';
import type { LogLine } from '../types';
import { LevelMark, LineBody, LineWords } from './log_parts';

/// Lines shown before the reader asks for more.
const pageLines = 50;

function SpanLine({ line, after }: { line: LogLine; after: number }) {
  const [open, setOpen] = useState(false);
  return (
    <li>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <span class="mono" title={formatTime(line.time)}>
            {after < 0 ? '' : '+'}
            {formatDuration(after)}
          </span>{' '}
          <LevelMark level={line.level} /> <LineWords line={line} />
        </summary>
        {open && (
          <div class="line-body">
            <LineBody line={line} here="trace" />
          </div>
        )}
      </details>
    </li>
  );
}

export function SpanLinesBlock({ span, tree, lines }: { span: Span; tree: Tree;
  lines: SpanLines | undefined }) {
  const [shown, setShown] = useState(pageLines);
  if (!lines) return null;
  const { own, all } = lines;
  const below = all - own.length;
  return (
    <section class="span-lines">
      <h3>Log lines{own.length > 0 ? ` (${own.length})` : ''}</h3>
      {own.length > 0 && (
        <ol aria-label="Log lines of this span">
          {own.slice(0, shown).map((line) => (
            <SpanLine key={line.id} line={line} after={exactTime(line) + span.shift - tree.start} />
          ))}
        </ol>
      )}
      {own.length > shown && (
        <button type="button" onClick={() => setShown(shown + pageLines)}>
          {own.length - shown} more lines
        </button>
      )}
      {below > 0 && (
        <p class="aside">
          {below} {own.length > 0 ? 'more ' : ''}in the spans below it.
        </p>
      )}
    </section>
  );
}
