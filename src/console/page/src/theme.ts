// SPDX-License-Identifier: Apache-2.0
// Light, dark, or as the system wishes. Runs before the first paint, so nothing flashes.

import { effect, signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const key = 'aloft-theme';
const themes: readonly Theme[] = ['system', 'light', 'dark'];

function stored(): Theme {
  try {
    return themes.find((theme) => theme === localStorage.getItem(key)) ?? 'system';
  } catch {
    return 'system';
  }
}

export const theme = signal<Theme>(stored());

const systemDark = window.matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = signal(systemDark.matches);
systemDark.addEventListener('change', (event) => (systemIsDark.value = event.matches));

/// 'light' or 'dark', as painted now. Canvases read it to know when to paint again.
export const painted = signal<'light' | 'dark'>('light');

effect(() => {
  const wanted = theme.value === 'system' ? (systemIsDark.value ? 'dark' : 'light') : theme.value;
  document.documentElement.dataset['theme'] = wanted;
  painted.value = wanted;
});

export function nextTheme(): void {
  theme.value = themes[(themes.indexOf(theme.value) + 1) % themes.length] as Theme;
  try {
    localStorage.setItem(key, theme.value);
  } catch {
    // Private windows forget; the choice then lasts as long as the page.
  }
}
