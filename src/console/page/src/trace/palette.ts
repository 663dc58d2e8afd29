// SPDX-License-Identifier: Apache-2.0
// The colours of base.css, for canvases.

import { hueCount } from './hues';

export interface Palette {
  text: string;
  surface: string;
  line: string;
  grid: string;
  veil: string;
  accent: string;
  fault: string;
  error: string;
  hues: string[];
  font: string;
}

export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string): string => style.getPropertyValue(name).trim();
  return {
    text: value('--text'),
    surface: value('--surface'),
    line: value('--quiet'),
    grid: value('--line'),
    veil: value('--veil'),
    accent: value('--accent'),
    fault: value('--fault'),
    error: value('--error'),
    hues: Array.from({ length: hueCount }, (_, hue) => value(`--hue-${hue}`)),
    font: `12px ${value('--mono')}`,
  };
}
