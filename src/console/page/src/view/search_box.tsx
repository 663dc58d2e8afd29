// SPDX-License-Identifier: Apache-2.0
// The search for traces, with its ready-made words.

import { listError, query, search } from '../state';
import { hasWord, searchMistake, toggleWord } from '../search';
import { Icon } from './icons';
import { SearchField } from './search_field';

const chips: readonly { word: string; label: string; icon: string }[] = [
  { word: 'fault', label: 'Faults', icon: 'fault' },
  { word: 'error', label: 'Errors', icon: 'error' },
  { word: 'throttle', label: 'Throttled', icon: 'throttle' },
  { word: 'in_progress', label: 'Running', icon: 'running' },
];

export function SearchBox() {
  const error = listError.value;
  return (
    <SearchField
      label="Search traces"
      placeholder='Search: globex -ok "POST /v1"'
      asked={query.value}
      told={error?.status === 400 ? error : null}
      findMistake={searchMistake}
      search={search}
      pauseMs={150}
    >
      {(text, ask) => (
        <div class="chips" role="group" aria-label="Ready-made searches">
          {chips.map(({ word, label, icon }) => (
            <button
              type="button"
              key={word}
              class={`chip is-${word === 'in_progress' ? 'running' : word}`}
              aria-pressed={hasWord(text, word)}
              onClick={() => ask(toggleWord(text, word))}
            >
              <Icon name={icon} />
              {label}
            </button>
          ))}
        </div>
      )}
    </SearchField>
  );
}
