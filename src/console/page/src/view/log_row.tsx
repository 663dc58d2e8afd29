// SPDX-License-Identifier: Apache-2.0
// One line of the Logs room: a table row, or a card on a phone, and below it what it unfolds to.
// A press anywhere on it unfolds it, but its text can be selected; the button is for keys.

import { useLayoutEffect, useRef } from 'preact/hooks';
import { formatAgo, formatTime, visible } from '../format';
import { openLines, selectedLine, toggleLine } from '../logs_state';
import { now } from '../state';
import type { LogLine } from '../types';
import { Icon } from './icons';
import { LevelMark, LineBody, LineWords } from './log_parts';

function Ago({ time }: { time: number }) {
  return (
    <time class="line-time mono" title={formatTime(time)}>
      {formatAgo(now.value - time)}
    </time>
  );
}

/// Tells how high the unfolded part is, so that the lines below know where they stand.
function Body({ line, measured }: { line: LogLine; measured: (height: number) => void }) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const measure = (): void => measured(element.offsetHeight);
    measure();
    const sizes = new ResizeObserver(measure);
    sizes.observe(element);
    return () => sizes.disconnect();
  }, [line.id]);
  return (
    <div ref={box} class="line-body">
      <p class="line-when mono">{formatTime(line.time)}</p>
      <LineBody line={line} here="logs" />
    </div>
  );
}

interface LogRowProps {
  line: LogLine;
  position: number;
  count: number;
  top: number;
  tabbable: boolean;
  measured: (id: string, height: number) => void;
}

const hasSelection = (): boolean => document.getSelection()?.isCollapsed === false;

export function LogRow({ line, position, count, top, tabbable, measured }: LogRowProps) {
  const selected = selectedLine.value === line.id;
  const open = openLines.value.has(line.id);
  const toggle = (): void => {
    selectedLine.value = line.id;
    toggleLine(line.id);
  };
  return (
    <li
      class={`line${selected ? ' is-selected' : ''}${open ? ' is-open' : ''}`}
      style={{ transform: `translateY(${top}px)` }}
      aria-setsize={count}
      aria-posinset={position}
      data-line={line.id}
    >
      <div class="line-head" onClick={() => !hasSelection() && toggle()}>
        <button
          type="button"
          class="line-twisty"
          aria-expanded={open}
          aria-label={visible(`${line.level} ${line.message}`.trim()).slice(0, 200) || 'Line'}
          tabIndex={tabbable ? 0 : -1}
          onClick={(event) => {
            event.stopPropagation();
            toggle();
          }}
        >
          <Icon name={open ? 'open' : 'closed'} />
        </button>
        <Ago time={line.time} />
        <LevelMark level={line.level} />
        <span class="line-service">
          <bdi>{visible(line.service) || '–'}</bdi>
        </span>
        <span class="line-tenant">
          <bdi>{visible(line.tenant)}</bdi>
        </span>
        <span class="line-words">
          <LineWords line={line} />
        </span>
      </div>
      {open && <Body line={line} measured={(height) => measured(line.id, height)} />}
    </li>
  );
}
