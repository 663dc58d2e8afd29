// SPDX-License-Identifier: Apache-2.0
// Says whether a room is live, and pauses it.

import { figuresHeld, figuresPaused, toggleFigures } from '../figures';
import type { Connection } from '../event_stream';
import { connection } from '../state';
import { Icon } from './icons';

interface LiveProps {
  held: boolean;
  paused: boolean;
  toggle: () => void;
  /// The button also goes on from being held.
  goesOn?: boolean;
  /// Of the stream that the room lives by.
  by?: Connection;
}

function liveWord({ held, paused, by = connection.value }: LiveProps): string {
  if (by.state === 'connecting') return 'Connecting';
  if (by.state !== 'live') return 'Not connected';
  if (paused) return 'Paused';
  return held ? 'Held' : 'Live';
}

export function Live(props: LiveProps) {
  const { held, paused, toggle, goesOn = false } = props;
  const word = liveWord(props);
  const stands = paused || (goesOn && held);
  return (
    <>
      <span class={`live-word is-${word === 'Live' ? 'ok' : 'quiet'}`} role="status">
        <span class="live-dot" aria-hidden="true" />
        {word}
      </span>
      <button type="button" aria-pressed={stands} onClick={toggle} title="Pause (p)">
        <Icon name={stands ? 'play' : 'pause'} />
        {stands ? 'Go on' : 'Pause'}
      </button>
    </>
  );
}

/// For the rooms that show figures.
export function FiguresLive() {
  return (
    <div class="live">
      <Live held={figuresHeld.value} paused={figuresPaused.value} toggle={toggleFigures} goesOn />
    </div>
  );
}
