// SPDX-License-Identifier: Apache-2.0
// Which rows of a long, evenly spaced list exist as elements: those in sight and some around.

import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

export interface RowWindow {
  first: number;
  /// One past the last row.
  last: number;
}

/// The window moves in steps of this many rows, so that most scroll events change nothing.
const stepRows = 8;

export function rowWindow(
  scrollTop: number,
  height: number,
  rowHeight: number,
  count: number,
): RowWindow {
  const around = Math.ceil(height / rowHeight / 2);
  const step = (row: number): number => Math.floor(row / stepRows) * stepRows;
  const first = Math.max(0, step(scrollTop / rowHeight - around));
  const last = Math.min(count, step((scrollTop + height) / rowHeight + around) + stepRows);
  return { first: Math.min(first, last), last };
}

/// Follows the scroller's position and size.
export function useWindow(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
): RowWindow {
  const [view, setView] = useState({ top: 0, height: 900 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const follow = (): void => {
      const step = rowHeight * stepRows;
      const top = Math.floor(element.scrollTop / step) * step;
      const height = element.clientHeight;
      setView((old) => (old.top === top && old.height === height ? old : { top, height }));
    };
    follow();
    const sizes = new ResizeObserver(follow);
    sizes.observe(element);
    element.addEventListener('scroll', follow, { passive: true });
    return () => {
      sizes.disconnect();
      element.removeEventListener('scroll', follow);
    };
  }, [rowHeight, scroller]);
  const height = view.height + stepRows * rowHeight;
  // A list that just became shorter is drawn before the browser tells the new position.
  const top = Math.min(view.top, Math.max(0, count * rowHeight - view.height));
  return rowWindow(top, height, rowHeight, count);
}
