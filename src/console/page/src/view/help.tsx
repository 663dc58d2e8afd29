// SPDX-License-Identifier: Apache-2.0
// What the keys do. A native dialog keeps the focus and gives it back.

import { useEffect, useRef } from 'preact/hooks';
import { keysOn, setKeysOn } from '../keys';
import { Icon } from './icons';

const groups: readonly { title: string; keys: readonly [string, string][] }[] = [
  {
    title: 'Everywhere',
    keys: [
      ['?', 'this help'],
      ['g o', 'overview'],
      ['g t', 'traces'],
      ['g m', 'map'],
      ['g l', 'logs'],
      ['esc', 'back: close, let go, leave'],
    ],
  },
  {
    title: 'Overview and map',
    keys: [
      ['tab', 'next link, node or call'],
      ['arrows', 'along the calls of the map'],
      ['j k', 'next, previous node'],
      ['enter', 'open what has the focus'],
      ['p', 'pause or go on'],
      ['esc', 'close, go on, leave'],
    ],
  },
  {
    title: 'Traces',
    keys: [
      ['/', 'search'],
      ['j k', 'next, previous trace'],
      ['enter', 'open the trace'],
      ['p', 'pause or go on'],
    ],
  },
  {
    title: 'Logs',
    keys: [
      ['/', 'search: a filter pattern, or an Insights query'],
      ['j k', 'next, previous line'],
      ['enter', 'fold open or shut'],
      ['s', 'its span'],
      ['r', 'lines of its request'],
      ['p', 'pause or go on'],
      ['esc', 'fold shut, let go'],
    ],
  },
  {
    title: 'One trace',
    keys: [
      ['j k', 'next, previous span'],
      ['enter', 'show or leave the details'],
      ['[ ]', 'fold, unfold'],
      ['{ }', 'fold, unfold everything'],
      ['e', 'next error'],
      ['c', 'critical path'],
      ['s', 'self time'],
      ['+ - 0', 'zoom in, out, reset'],
    ],
  },
];

export function Help({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={close}>
      <header>
        <h2 id="help-title">Keys</h2>
        <button
          type="button"
          class="quiet"
          aria-label="Close help"
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
      </header>
      <div class="help-groups">
        {groups.map(({ title, keys }) => (
          <section key={title}>
            <h3>{title}</h3>
            <dl>
              {keys.map(([key, meaning]) => (
                <div key={key}>
                  <dt>
                    {key.split(' ').map((one) => (
                      <kbd key={one}>{one}</kbd>
                    ))}
                  </dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label class="switch">
        <input
          type="checkbox"
          checked={keysOn.value}
          onChange={(event) => setKeysOn(event.currentTarget.checked)}
        />
        Single-key commands
      </label>
    </dialog>
  );
}
