// SPDX-License-Identifier: Apache-2.0
// The service map on a page of its own, and what is known of the node or edge that is open.

import { useEffect, useRef } from 'preact/hooks';
import { figures, letFiguresGo, toggleFigures, touched } from '../figures';
import { formatDuration, formatRate, visible } from '../format';
import { useKeys } from '../keys';
import { byTrouble, judgeMap, nodeKey, secondsOf, type JudgedMap } from '../map/health';
import { phone } from '../media';
import { linkTo } from '../route';
import { go, route, status } from '../state';
import type { ServiceMap } from '../types';
import { FirstSteps } from './first_steps';
import { FiguresLive } from './live';
import { MapPanel } from './map_panel';
import { HealthWord, MapDrawing, Ring, kindWord } from './service_map';
import { useLate } from './use_late';

function Cards({ judged, seconds }: { judged: JudgedMap; seconds: number }) {
  return (
    <ol class="map-cards" aria-label="Nodes, worst first">
      {byTrouble(judged).map((node) => {
        const verdict = judged.nodes.get(node.id);
        return (
          <li key={node.id}>
            <a
              class={`map-card is-${verdict?.health}`}
              href={linkTo({ room: 'map', node: nodeKey(node) })}
            >
              <Ring stats={node} kind={node.kind} />
              <bdi class="map-name">{visible(node.name) || '(no name)'}</bdi>
              <HealthWord verdict={verdict} />
              <span class="aside">{kindWord[node.kind]}</span>
              <span class="mono">
                {formatRate(node.requests / seconds)} · p99 {formatDuration(node.p99)}
              </span>
            </a>
          </li>
        );
      })}
    </ol>
  );
}

function closePanel(): void {
  go({ room: 'map' }, true);
}

function useMapKeys(open: boolean, box: { current: HTMLElement | null }): void {
  const step = (by: number): void => {
    const nodes = [...(box.current?.querySelectorAll<HTMLElement>('.map-node') ?? [])];
    const at = nodes.findIndex((node) => node === document.activeElement);
    const start = by > 0 ? 0 : nodes.length - 1;
    nodes[at < 0 ? start : Math.min(nodes.length - 1, Math.max(0, at + by))]?.focus();
  };
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowRight: () => step(1),
    ArrowUp: () => step(-1),
    ArrowLeft: () => step(-1),
    p: toggleFigures,
    Escape: () => {
      if (open) closePanel();
      else if (touched.value) letFiguresGo();
      else go({ room: 'overview' });
    },
  });
}

function Caption({ map }: { map: ServiceMap }) {
  const minutes = Math.round((map.end - map.start) / 60);
  return (
    <p class="aside">
      <span class="mono">{map.nodes.length}</span> nodes,{' '}
      <span class="mono">{map.edges.length}</span> kinds of calls in the last {minutes} minutes
      {map.truncated && '; there are more than a map can show'}
    </p>
  );
}

export function MapRoom() {
  const late = useLate();
  const box = useRef<HTMLDivElement>(null);
  const overview = figures.value;
  const map = overview?.map;
  const { node, to } = route.value;
  const byKey = new Map(map?.nodes.map((one) => [nodeKey(one), one]));
  const open = byKey.get(node);
  const end = byKey.get(to) ?? null;
  const shown = open !== undefined && (to === '' || end !== null);
  useMapKeys(node !== '', box);
  useEffect(() => {
    document.title = 'Map · Aloft console';
  }, []);
  if (!overview || !map) return late ? <p class="page-message">Reading the map…</p> : null;
  if (map.nodes.length === 0 && status.value?.store.traces === 0) return <FirstSteps />;
  const judged = judgeMap(map, overview.problems);
  const seconds = secondsOf(map, status.value?.started ?? 0);
  return (
    <div class={`map-room${shown ? ' has-drawer' : ''}`}>
      <header class="room-head">
        <h1>Service map</h1>
        <Caption map={map} />
        <FiguresLive />
      </header>
      <div class="map-body" onPointerDown={() => (touched.value = true)}>
        <div
          ref={box}
          class="map-scroller"
          tabIndex={0}
          role="group"
          aria-label="Map: arrow keys move between nodes and calls"
        >
          {map.nodes.length === 0 ? (
            <p class="page-message">No requests in the last minutes.</p>
          ) : (
            <MapDrawing judged={judged} size="full" seconds={seconds} node={node} to={to} />
          )}
        </div>
        {phone.value && <Cards judged={judged} seconds={seconds} />}
      </div>
      {shown && open && (
        <MapPanel
          key={`${node} ${to}`}
          judged={judged}
          node={open}
          to={end}
          seconds={seconds}
          close={closePanel}
        />
      )}
    </div>
  );
}
