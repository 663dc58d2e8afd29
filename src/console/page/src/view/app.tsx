// SPDX-License-Identifier: Apache-2.0
// The frame around every room: top bar, notices, help.

import { useEffect, useRef, useState } from 'preact/hooks';
import { useKeys } from '../keys';
import { goToLogs, logsPlace } from '../logs_state';
import { phone } from '../media';
import { linkTo, type Room } from '../route';
import { cameFrom, go, goToList, notice, query, route, status, tokenNeeded } from '../state';
import { nextTheme, theme } from '../theme';
import { ConnectionBanner, IntakeStrip } from './status';
import { Help } from './help';
import { Icon } from './icons';
import { ListRoom } from './list';
import { LogsRoom } from './logs_room';
import { MapRoom } from './map_room';
import { OverviewRoom } from './overview_room';
import { TokenPrompt } from './token';
import { TraceRoom } from './trace_room';

const themeWords = { system: 'Theme: system', light: 'Theme: light', dark: 'Theme: dark' };

/// `g` waits this long for the letter of a room.
const sequenceMs = 1200;

function useRoomKeys(openHelp: () => void): void {
  const pending = useRef(-Infinity);
  const after = (act: () => void) => (): void => {
    if (performance.now() - pending.current < sequenceMs) act();
    pending.current = -Infinity;
  };
  useKeys({
    '?': openHelp,
    g: () => (pending.current = performance.now()),
    o: after(() => go({ room: 'overview' })),
    t: after(goToList),
    m: after(() => go({ room: 'map' })),
    l: after(goToLogs),
  });
}

const rooms: readonly [Room, string, string][] = [
  ['overview', 'Overview', 'g o'],
  ['list', 'Traces', 'g t'],
  ['map', 'Map', 'g m'],
  ['logs', 'Logs', 'g l'],
];

/// Rooms with a search are entered as they were left.
function placeOf(room: Room): string {
  if (room === 'logs') return linkTo({ ...logsPlace.value, lineId: '' });
  return linkTo({ room, query: room === 'list' ? query.value : '' });
}

function Rooms() {
  const here = route.value.room;
  return (
    <nav aria-label="Rooms">
      {rooms.map(([room, word, keys]) => (
        <a
          key={room}
          href={placeOf(room)}
          title={`${word} (${keys})`}
          class={here === 'trace' && cameFrom.value.room === room ? 'is-behind' : ''}
          aria-current={here === room ? 'page' : undefined}
        >
          {word}
        </a>
      ))}
    </nav>
  );
}

function TopBar({ openHelp }: { openHelp: () => void }) {
  const word = themeWords[theme.value];
  return (
    <header class="top">
      <a class="brand" href={linkTo({ room: 'overview' })} aria-label="Aloft console">
        <img src="/icon.svg" alt="" width="20" height="20" />
        <span class="brand-words">Aloft console</span>
      </a>
      <Rooms />
      <button type="button" class="quiet" onClick={nextTheme} aria-label={word} title={word}>
        <Icon name={theme.value} />
      </button>
      <button type="button" class="quiet" onClick={openHelp} aria-label="Help" title="Help (?)">
        <span class="mono" aria-hidden="true">
          ?
        </span>
      </button>
    </header>
  );
}

function OtherRoom({ room }: { room: Room }) {
  if (room === 'list') return <ListRoom />;
  if (room === 'logs') return <LogsRoom />;
  return room === 'map' ? <MapRoom /> : <OverviewRoom />;
}

export function App() {
  const [help, setHelp] = useState(false);
  useRoomKeys(() => setHelp(true));
  useEffect(() => {
    document.documentElement.classList.toggle('is-phone', phone.value);
  }, [phone.value]);
  const room = route.value.room;
  return (
    <>
      <TopBar openHelp={() => setHelp(true)} />
      <ConnectionBanner />
      <main id="main">
        {tokenNeeded.value ? (
          <TokenPrompt />
        ) : room === 'trace' ? (
          <TraceRoom key={route.value.traceId} id={route.value.traceId} />
        ) : (
          <OtherRoom room={room} />
        )}
      </main>
      {status.value && !tokenNeeded.value && room === 'list' && (
        <IntakeStrip status={status.value} />
      )}
      <div class="notice" role="status">
        {notice.value}
      </div>
      {help && <Help close={() => setHelp(false)} />}
    </>
  );
}
