// SPDX-License-Identifier: Apache-2.0
// Copying, also where the page is served over plain HTTP from another machine and the clipboard
// interface is therefore absent.

import { tell } from './state';

function copyBySelection(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'offscreen';
  document.body.append(area);
  const before = document.activeElement;
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return done;
}

export async function copy(text: string, what: string): Promise<void> {
  let done = false;
  try {
    await navigator.clipboard.writeText(text);
    done = true;
  } catch {
    done = copyBySelection(text);
  }
  tell(done ? `Copied ${what}.` : `Could not copy ${what}.`);
}
