// SPDX-License-Identifier: Apache-2.0
// Which rows of a list with unfolded ones exist as elements; useWindow is for even lists.

import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import { rowsInSight, type RowLayout, type RowRange } from '../logs/layout';

/// Follows the scroller's position and size, in steps of this many pixels.
const stepPixels = 160;

export function useRows(scroller: RefObject<HTMLElement | null>, layout: RowLayout): RowRange {
  const [view, setView] = useState({ top: 0, height: 900 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const follow = (): void => {
      const top = Math.floor(element.scrollTop / stepPixels) * stepPixels;
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
  }, [scroller]);
  // A list that just became shorter is drawn before the browser tells the new position.
  const top = Math.min(view.top, Math.max(0, layout.height - view.height));
  return rowsInSight(layout, top, view.height + stepPixels);
}
