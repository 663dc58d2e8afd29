// SPDX-License-Identifier: Apache-2.0
// Single-key commands. They sleep while somebody types, while a dialog is open, and when switched
// off (people who speak their input need that: WCAG 2.1.4).

import { useEffect, useRef } from 'preact/hooks';
import { signal } from '@preact/signals';

export type Keymap = { [key: string]: (event: KeyboardEvent) => void };

const storageKey = 'aloft-keys';

function storedOn(): boolean {
  try {
    return localStorage.getItem(storageKey) !== 'off';
  } catch {
    return true;
  }
}

export const keysOn = signal(storedOn());

export function setKeysOn(on: boolean): void {
  keysOn.value = on;
  try {
    localStorage.setItem(storageKey, on ? 'on' : 'off');
  } catch {
    // Private windows forget.
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select') !== null;
}

const alwaysOn = /^(Escape|Arrow|Home|End|Page)/;

/// Binds keys while the component is mounted. The newest map is used; names are event.key.
export function useKeys(keymap: Keymap): void {
  const latest = useRef(keymap);
  latest.current = keymap;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
      if (!keysOn.value && !alwaysOn.test(event.key)) return;
      const action = latest.current[event.key];
      if (!action) return;
      event.preventDefault();
      action(event);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}
