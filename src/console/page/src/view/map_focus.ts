// SPDX-License-Identifier: Apache-2.0
// The arrow keys on a map: up and down within a column, left and right along the calls, from a
// node to what an edge says of it and on to the node at its end.

interface Stop {
  element: HTMLElement;
  column: number;
  y: number;
}

function stopOf(element: HTMLElement): Stop {
  return {
    element,
    column: Number(element.dataset['column']),
    y: element.offsetTop + element.offsetHeight / 2,
  };
}

function nearest(stops: readonly Stop[], y: number): HTMLElement | null {
  let best: Stop | null = null;
  for (const stop of stops) {
    if (!best || Math.abs(stop.y - y) < Math.abs(best.y - y)) best = stop;
  }
  return best?.element ?? null;
}

function sideways(stops: readonly Stop[], at: Stop, right: boolean): HTMLElement | null {
  const { id, from, to } = at.element.dataset;
  if (id === undefined) {
    const end = right ? to : from;
    return stops.find(({ element }) => element.dataset['id'] === end)?.element ?? null;
  }
  const side = right ? 'from' : 'to';
  const joined = stops.filter(({ element }) => element.dataset[side] === id);
  if (joined.length > 0) return nearest(joined, at.y);
  // Where edges say nothing, on to the next column of nodes.
  const column = at.column + (right ? 2 : -2);
  return nearest(stops.filter((stop) => stop.column === column), at.y);
}

function upDown(stops: readonly Stop[], at: Stop, down: boolean): HTMLElement | null {
  const further = stops.filter(
    ({ column, y }) => column === at.column && (down ? y > at.y : y < at.y));
  return nearest(further, at.y);
}

export function moveFocus(box: HTMLElement | null, event: KeyboardEvent): void {
  if (!box || event.ctrlKey || event.metaKey || event.altKey) return;
  const stops = [...box.querySelectorAll<HTMLElement>('a')].map(stopOf);
  const at = stops.find(({ element }) => element === document.activeElement);
  if (!at) return;
  const moves: { [key: string]: () => HTMLElement | null } = {
    ArrowRight: () => sideways(stops, at, true),
    ArrowLeft: () => sideways(stops, at, false),
    ArrowDown: () => upDown(stops, at, true),
    ArrowUp: () => upDown(stops, at, false),
  };
  const move = moves[event.key];
  if (!move) return;
  event.preventDefault();
  move()?.focus();
}
