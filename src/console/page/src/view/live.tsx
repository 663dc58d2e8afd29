// SPDX-License-Identifier: Apache-2.0
// Says whether a room is live, and pauses it.

import { figuresHeld, figuresPaused, toggleFigures } from '../figures';
import { connection } from '../state';
import { Icon } from './icons';

interface LiveProps {
  held: boolean;
  paused: boolean;
  toggle: () => void;
  /// The button also goes on from being held.
  goesOn?: boolean;
}

function liveWord(held: boolean, paused: boolean): string {
  if (connection.value.state === 'connecting') return 'Connecting';
  if (connection.value.state !== 'live') return 'Not connected';
  if (paused) return 'Paused';
  return held ? 'Held' : 'Live';
}

export function Live({ held, paused, toggle, goesOn = false }: LiveProps) {
  const word = liveWord(held, paused);
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
