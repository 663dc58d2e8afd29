// SPDX-License-Identifier: Apache-2.0
// An event stream that a page out of sight lets go, and takes up when seen again: browsers open six
// connections to one host.

import { EventStream, tailSilenceMs, type StreamHandlers } from './event_stream';

/// As long as state.ts lets the page's own stream live out of sight.
const hiddenMs = 5000;

/// Opens a live tail of lines; the function that comes back ends it.
export function tailWhileSeen(url: string, handlers: StreamHandlers): () => void {
  let stream: EventStream | null = null;
  let timer = 0;
  const stop = (): void => {
    stream?.stop();
    stream = null;
  };
  const follow = (): void => {
    window.clearTimeout(timer);
    if (document.hidden) timer = window.setTimeout(stop, hiddenMs);
    else stream ??= new EventStream(url, handlers, tailSilenceMs);
  };
  document.addEventListener('visibilitychange', follow);
  follow();
  return () => {
    document.removeEventListener('visibilitychange', follow);
    window.clearTimeout(timer);
    stop();
  };
}
