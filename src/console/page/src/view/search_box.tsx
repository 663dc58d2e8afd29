// SPDX-License-Identifier: Apache-2.0
// The search with its ready-made words, and its mistakes shown where they are.

import { useEffect, useRef, useState } from 'preact/hooks';
import { useKeys } from '../keys';
import { listError, query, search } from '../state';
import { byteToIndex, hasWord, searchMistake, toggleWord } from '../search';
import { Icon } from './icons';

const chips: readonly { word: string; label: string; icon: string }[] = [
  { word: 'fault', label: 'Faults', icon: 'fault' },
  { word: 'error', label: 'Errors', icon: 'error' },
  { word: 'throttle', label: 'Throttled', icon: 'throttle' },
  { word: 'in_progress', label: 'Running', icon: 'running' },
];

/// Long enough to type a word, short enough to feel immediate.
const typingPauseMs = 150;

function Mistake({ text }: { text: string }) {
  const own = searchMistake(text);
  const error = listError.value;
  const told = own ?? (error && error.status === 400 ? error : null);
  if (!told) return null;
  const index = own ? own.position : byteToIndex(text, told.position);
  return (
    <p class="search-mistake is-fault" id="search-mistake">
      <Icon name="error" />
      <span>{told.message}</span>
      {told.position >= 0 && (
        <code>
          <bdi>{text.slice(0, index)}</bdi>
          <mark>{text.slice(index) || ' '}</mark>
        </code>
      )}
    </p>
  );
}

export function SearchBox() {
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(query.value);
  const timer = useRef(0);
  useEffect(() => setText(query.value), [query.value]);
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
  const wrong = searchMistake(text) !== null || listError.value?.status === 400;
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
          aria-label="Search traces"
          aria-invalid={wrong}
          aria-describedby={wrong ? 'search-mistake' : undefined}
          placeholder='Search: globex -ok "POST /v1"'
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={text}
          onInput={(event) => ask(event.currentTarget.value, typingPauseMs)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape') return;
            event.preventDefault();
            if (text !== '') ask('', 0);
            else event.currentTarget.blur();
          }}
        />
      </div>
      <div class="chips" role="group" aria-label="Ready-made searches">
        {chips.map(({ word, label, icon }) => (
          <button
            type="button"
            key={word}
            class={`chip is-${word === 'in_progress' ? 'running' : word}`}
            aria-pressed={hasWord(text, word)}
            onClick={() => ask(toggleWord(text, word), 0)}
          >
            <Icon name={icon} />
            {label}
          </button>
        ))}
      </div>
      <Mistake text={text} />
    </form>
  );
}
