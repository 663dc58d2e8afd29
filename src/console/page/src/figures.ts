// SPDX-License-Identifier: Apache-2.0
// The figures of the overview and the map: the newest that came, and those on screen. They are two,
// because what is on screen stands still while somebody reads in it.

import { computed, effect, signal } from '@preact/signals';
import { fetchOverview } from './api';
import type { Overview } from './types';

const latest = signal<Overview | null>(null);

export const figures = signal<Overview | null>(null);
export const figuresPaused = signal(false);
/// Somebody has put a finger or the pointer down in the room.
export const touched = signal(false);
export const figuresHeld = computed(() => figuresPaused.value || touched.value);

effect(() => {
  const newest = latest.value;
  if (!figuresHeld.value || figures.peek() === null) figures.value = newest;
});

let reading = 0;

export function takeFigures(value: Overview): void {
  reading += 1;
  latest.value = value;
}

/// Reads them at once, for a room that was just entered or whose figures may be stale.
export async function readFigures(): Promise<void> {
  const ticket = (reading += 1);
  const value = await fetchOverview();
  if (ticket === reading) latest.value = value;
}

/// Everything was forgotten: what is on screen is no more, held or not.
export function dropFigures(): void {
  latest.value = null;
  figures.value = null;
}

export function letFiguresGo(): void {
  touched.value = false;
}

/// Goes on when they stand still for any reason, else pauses.
export function toggleFigures(): void {
  figuresPaused.value = !figuresHeld.value;
  touched.value = false;
}
