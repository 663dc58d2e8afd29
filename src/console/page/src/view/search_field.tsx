// SPDX-License-Identifier: Apache-2.0
// A search with its mistakes shown where they are; each room says what its search is.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ApiError } from '../api';
import { visible } from '../format';
import { useKeys } from '../keys';
import { byteToIndex } from '../search';
import { Icon } from './icons';

export interface OwnMistake {
  message: string;
  /// Index into the text.
  position: number;
}

interface MistakeProps {
  text: string;
  own: OwnMistake | null;
  told: ApiError | null;
  /// What may have been meant, or null.
  mended: string | null;
  take: (text: string) => void;
}

/// `own` is found here; `told` by the console, which counts bytes.
function Mistake({ text, own, told, mended, take }: MistakeProps) {
  const words = own ?? told;
  if (!words) return null;
  const index = own ? own.position : byteToIndex(text, words.position);
  return (
    <p class="search-mistake is-fault" id="search-mistake">
      <Icon name="error" />
      <span>{words.message}</span>
      {words.position >= 0 && (
        <code>
          <bdi>{text.slice(0, index)}</bdi>
          <mark>{text.slice(index) || ' '}</mark>
        </code>
      )}
      {mended !== null && (
        <button type="button" onClick={() => take(mended)}>
          Search <bdi class="mono">{visible(mended)}</bdi>
        </button>
      )}
    </p>
  );
}

export interface SearchFieldProps {
  label: string;
  placeholder: string;
  /// The search that was asked.
  asked: string;
  /// What the console answered to it, when it found a mistake.
  told: ApiError | null;
  findMistake: (text: string) => OwnMistake | null;
  /// What a search with a mistake may have meant.
  mend?: (text: string) => string | null;
  search: (text: string) => void;
  /// Long enough to type a word, short enough to feel immediate.
  pauseMs: number;
  /// Beside the field; `ask` types for the reader.
  children?: (text: string, ask: (next: string) => void) => ComponentChildren;
}

export function SearchField(props: SearchFieldProps) {
  const { label, placeholder, asked, told, findMistake, mend, search, pauseMs, children } = props;
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(asked);
  const timer = useRef(0);
  useEffect(() => setText(asked), [asked]);
  useKeys({
    '/': () => {
      input.current?.focus();
      input.current?.select();
    },
  });
  const ask = (next: string, waitMs: number): void => {
    setText(next);
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => search(next), waitMs);
  };
  const own = findMistake(text);
  const wrong = own !== null || told !== null;
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        ask(text, 0);
      }}
    >
      <div class="search-field">
        <Icon name="search" />
        <input
          ref={input}
          type="search"
          aria-label={label}
          aria-invalid={wrong}
          aria-describedby={wrong ? 'search-mistake' : undefined}
          placeholder={placeholder}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={text}
          onInput={(event) => ask(event.currentTarget.value, pauseMs)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            if (text !== '') ask('', 0);
            else event.currentTarget.blur();
          }}
        />
      </div>
      {children?.(text, (next) => ask(next, 0))}
      <Mistake
        text={text}
        own={own}
        told={told}
        mended={mend?.(text) ?? null}
        take={(next) => ask(next, 0)}
      />
    </form>
  );
}
