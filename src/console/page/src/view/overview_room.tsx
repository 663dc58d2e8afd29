// SPDX-License-Identifier: Apache-2.0
// The first page: what is wrong, for whom and since when; then how it looks from afar.

import { useEffect } from 'preact/hooks';
import { figures, letFiguresGo, toggleFigures, touched } from '../figures';
import { formatCount, formatDuration, visible } from '../format';
import { useKeys } from '../keys';
import { judgeMap, secondsOf, smallMap } from '../map/health';
import { linkTo } from '../route';
import { status } from '../state';
import type { Overview, ReadySearch } from '../types';
import { Accounting } from './accounting';
import { Charts } from './charts';
import { FirstSteps } from './first_steps';
import { Icon } from './icons';
import { FiguresLive } from './live';
import { Problems, verdict, verdictTone } from './problems';
import { MapDrawing } from './service_map';
import { Tenants } from './tenants';
import { useLate } from './use_late';

/// Nodes that a glance takes in.
const smallMapNodes = 12;

/// One calm sentence of how it looks at large.
function Summary({ overview }: { overview: Overview }) {
  const { stats, tenants, minutes } = overview;
  if (stats.requests === 0) return null;
  return (
    <p class="aside">
      <span class="mono">{formatCount(stats.requests)}</span> requests of{' '}
      <span class="mono">{tenants.length}</span> {tenants.length === 1 ? 'tenant' : 'tenants'} in
      the last {minutes} minutes
      {stats.fault === 0 && stats.error === 0 && ', all answered well'}
      {stats.fault > 0 && (
        <>
          , <span class="mono">{formatCount(stats.fault)}</span> faults
        </>
      )}
      {stats.error > 0 && (
        <>
          , <span class="mono">{formatCount(stats.error)}</span> refused (4xx)
        </>
      )}
      , p99 <span class="mono">{formatDuration(stats.p99)}</span>
    </p>
  );
}

function Head({ overview }: { overview: Overview }) {
  const tone = verdictTone(overview);
  return (
    <header class="room-head">
      <h1 class={`verdict is-${tone}`}>
        <Icon name={tone} />
        {verdict(overview)}
      </h1>
      <Summary overview={overview} />
      <FiguresLive />
    </header>
  );
}

const searchIcons: Record<string, string> = { fault: 'fault', error: 'error', throttle: 'throttle',
  in_progress: 'running' };

function Searches({ searches }: { searches: ReadySearch[] }) {
  if (searches.length === 0) return null;
  return (
    <nav class="ready" aria-label="Ready-made searches">
      <ul>
        {searches.map(({ label, q, count }) => {
          const icon = q.startsWith('duration') ? 'slow' : (searchIcons[q] ?? 'search');
          const kind = count === 0 ? 'quiet' : icon;
          return (
            <li key={q}>
              <a
                class={`chip chip-link is-${kind}`}
                href={linkTo({ room: 'list', query: q })}
                title={visible(q)}
              >
                <Icon name={icon} />
                <bdi>{visible(label)}</bdi>
                <span class="mono">{formatCount(count)}</span>
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function MapCard({ overview }: { overview: Overview }) {
  const { map, problems } = overview;
  const judged = judgeMap(map, problems);
  const small = smallMap(judged, smallMapNodes);
  const shown = small.map.nodes.length;
  const failing = [...judged.nodes.values()].filter(({ health }) => health === 'fault').length;
  return (
    <section class="card card-map" aria-labelledby="card-map">
      <h2 id="card-map">
        <a href={linkTo({ room: 'map' })}>Service map</a>
        <span class="aside">
          {shown !== 0 && failing === 0 && 'nobody fails'}
          {failing !== 0 && `${failing} of ${map.nodes.length} nodes failing`}
          {shown < map.nodes.length && `; the ${shown} that matter most are shown`}
        </span>
      </h2>
      <div class="map-scroller" tabIndex={0} role="group" aria-label="Service map">
        {shown === 0 ? (
          <p class="aside">Nobody called anybody.</p>
        ) : (
          <MapDrawing
            judged={small}
            size="small"
            seconds={secondsOf(map, status.value?.started ?? 0)}
          />
        )}
      </div>
    </section>
  );
}

function Empty() {
  const intake = status.value?.intake;
  return (
    <div class="overview-room">
      <h1 class="offscreen">Overview</h1>
      <FirstSteps />
      {intake && intake.datagrams + intake.api_documents > 0 && (
        <div class="overview-body">
          <Accounting />
        </div>
      )}
    </div>
  );
}

export function OverviewRoom() {
  const late = useLate();
  const overview = figures.value;
  useEffect(() => {
    document.title = 'Overview · Aloft console';
  }, []);
  useKeys({ p: toggleFigures, Escape: letFiguresGo });
  if (!overview || !status.value) {
    return late ? <p class="page-message">Reading the overview…</p> : null;
  }
  if (status.value.store.traces === 0 && overview.stats.requests === 0) return <Empty />;
  return (
    <div class="overview-room">
      <Head overview={overview} />
      <div class="overview-body" onPointerDown={() => (touched.value = true)}>
        <Problems overview={overview} />
        <Searches searches={overview.searches} />
        <MapCard overview={overview} />
        <Charts overview={overview} />
        <Tenants overview={overview} />
        <Accounting />
      </div>
    </div>
  );
}
