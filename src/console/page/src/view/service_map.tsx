// SPDX-License-Identifier: Apache-2.0
// The service map: lines in one SVG, nodes and what edges say as links over it, so that they are
// text, have the focus and lead somewhere. Its layout depends on who calls whom, never on figures.

import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { formatDuration, formatRate, visible } from '../format';
import { edgeKey, nodeKey, ringOf, type JudgedMap, type Verdict } from '../map/health';
import { layOut, type Layout, type PlacedEdge, type PlacedNode } from '../map/layout';
import { linkTo } from '../route';
import type { MapEdge, MapNode, ServiceMap } from '../types';
import { Icon } from './icons';
import { moveFocus } from './map_focus';

const sizes = {
  full: { nodeWidth: 192, nodeHeight: 64, labelWidth: 152, labelHeight: 36, flat: 88, gap: 20 },
  /// The overview's: names and what is wrong.
  small: { nodeWidth: 144, nodeHeight: 44, labelWidth: 64, labelHeight: 20, flat: 0, gap: 12 },
};

export type MapSize = keyof typeof sizes;

export const kindWord: Record<MapNode['kind'], string> = {
  client: 'callers',
  service: 'service',
  remote: 'called host',
  database: 'database',
  aws: 'AWS',
};

/// Everything the drawing of one map shares.
interface Scene {
  judged: JudgedMap;
  size: MapSize;
  /// Over which the figures were counted, for rates.
  seconds: number;
  /// Keys of what is open: a node, or two nodes with an edge between them.
  node: string;
  to: string;
}

export function Ring({ stats, kind }: { stats: MapNode; kind: string }) {
  return (
    <svg class="ring" viewBox="0 0 40 40" aria-hidden="true">
      <circle class="ring-track" cx="20" cy="20" r="17" />
      {ringOf(stats).map((arc) => (
        <circle
          key={arc.kind}
          class={`ring-arc is-${arc.kind}`}
          cx="20"
          cy="20"
          r="17"
          pathLength="100"
          stroke-dasharray={`${arc.length} ${100 - arc.length}`}
          stroke-dashoffset={-arc.from}
        />
      ))}
      <svg x="12" y="12" width="16" height="16" class="ring-kind">
        <Icon name={kind} />
      </svg>
    </svg>
  );
}

export function HealthWord({ verdict }: { verdict: Verdict | undefined }) {
  if (!verdict) return null;
  return (
    <span class={`health is-${verdict.tone}`}>
      <Icon name={verdict.tone} />
      {verdict.word}
    </span>
  );
}

function Node({ scene, node, at }: { scene: Scene; node: MapNode; at: PlacedNode }) {
  const { size, seconds, judged } = scene;
  const verdict = judged.nodes.get(node.id);
  const key = nodeKey(node);
  const open = scene.node === key && scene.to === '';
  const { nodeWidth, nodeHeight } = sizes[size];
  const name = visible(node.name) || '(no name)';
  return (
    <a
      class={`map-node is-${verdict?.health}`}
      href={linkTo({ room: 'map', node: key })}
      style={{
        left: `${at.x}px`,
        top: `${at.y - nodeHeight / 2}px`,
        width: `${nodeWidth}px`,
        height: `${nodeHeight}px`,
      }}
      aria-current={open ? 'true' : undefined}
      title={`${name}, ${kindWord[node.kind]}`}
      data-column={at.column}
      data-id={node.id}
    >
      <Ring stats={node} kind={node.kind} />
      <span class="map-words">
        <bdi class="map-name">{name}</bdi>
        <HealthWord verdict={verdict} />
        {size === 'full' && (
          <span class="map-figures">
            {formatRate(node.requests / seconds)} · p99 {formatDuration(node.p99)}
          </span>
        )}
      </span>
    </a>
  );
}

function EdgeLabel({ scene, edge, at }: { scene: Scene; edge: MapEdge; at: PlacedEdge }) {
  const { judged, seconds } = scene;
  const [from, to] = [judged.byId.get(edge.from), judged.byId.get(edge.to)];
  const verdict = judged.edges.get(edgeKey(edge));
  if (!from || !to || !verdict) return null;
  const full = scene.size === 'full';
  const trouble = verdict.health !== 'ok' && verdict.health !== 'quiet';
  if (!full && !trouble) return null;
  const open = scene.node === nodeKey(from) && scene.to === nodeKey(to);
  const [rate, p99] = [formatRate(edge.requests / seconds), formatDuration(edge.p99)];
  const calls = `${visible(from.name)} to ${visible(to.name)}: `;
  const [share, ...kind] = verdict.word.split(/ (?=[a-z])/);
  const failed = kind.length > 0;
  return (
    <a
      class={`map-edge is-${verdict.health}`}
      href={linkTo({ room: 'map', node: nodeKey(from), to: nodeKey(to) })}
      style={{ left: `${at.x}px`, top: `${at.y}px` }}
      aria-current={open ? 'true' : undefined}
      title={`${calls}${rate}, p99 ${p99}, ${verdict.word}`}
      data-column={at.column}
      data-from={at.backwards ? edge.to : edge.from}
      data-to={at.backwards ? edge.from : edge.to}
    >
      <span class="offscreen">{calls}</span>
      <span class="map-edge-top">
        {full && <span>{rate} </span>}
        {failed && (
          <span class={`health is-${verdict.tone}`}>
            <Icon name={verdict.tone} />
            {share}
            <span class="offscreen"> {kind.join(' ')} </span>
          </span>
        )}
      </span>
      {full && <span class="map-latency">p99 {p99}</span>}
    </a>
  );
}

function Lines({ layout, judged, open }: { layout: Layout; judged: JudgedMap; open: string }) {
  return (
    <svg width={layout.width} height={layout.height} aria-hidden="true">
      <defs>
        {['line', 'bad'].map((name) => (
          <marker
            key={name}
            id={`arrow-${name}`}
            class={`arrow-${name}`}
            viewBox="0 0 8 8"
            refX="8"
            refY="4"
            markerWidth="8"
            markerHeight="8"
            markerUnits="userSpaceOnUse"
            orient="auto"
          >
            <path d="M0 0.5L8 4L0 7.5z" />
          </marker>
        ))}
      </defs>
      {layout.edges.map((at) => {
        const key = edgeKey(at);
        const health = judged.edges.get(key)?.health ?? 'quiet';
        return (
          <path
            key={key}
            class={`map-line is-${health}${key === open ? ' is-open' : ''}`}
            d={at.path}
            marker-end={`url(#arrow-${health === 'fault' ? 'bad' : 'line'})`}
          />
        );
      })}
    </svg>
  );
}

/// Who calls whom as text: what the layout depends on.
function shapeOf(map: ServiceMap): string {
  const ids = map.nodes.map(({ id, kind, root }) => `${id}${kind === 'client' || root ? '*' : ''}`);
  return `${ids.join()};${map.edges.map(({ from, to }) => `${from}>${to}`).join()}`;
}

interface DrawingProps {
  judged: JudgedMap;
  size: MapSize;
  seconds: number;
  node?: string;
  to?: string;
}

/// Brings the first failing node into sight where the map is wider than its frame; once.
function useSightOfFailure(box: { current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const scroller = box.current?.parentElement;
    const failing = box.current?.querySelector<HTMLElement>('[aria-current], .map-node.is-fault');
    if (!scroller || !failing) return;
    const middle = (start: number, length: number, room: number): number =>
      start + length / 2 - room / 2;
    scroller.scrollLeft = middle(failing.offsetLeft, failing.offsetWidth, scroller.clientWidth);
    scroller.scrollTop = middle(failing.offsetTop, failing.offsetHeight, scroller.clientHeight);
  }, []);
}

export function MapDrawing({ judged, size, seconds, node = '', to = '' }: DrawingProps) {
  const { map, byId } = judged;
  const box = useRef<HTMLDivElement>(null);
  useSightOfFailure(box);
  const shape = shapeOf(map);
  const layout = useMemo(() => {
    const first = (one: MapNode): number => (one.kind === 'client' ? 0 : one.root ? 1 : 2);
    const ids = map.nodes.slice().sort((a, b) => first(a) - first(b)).map(({ id }) => id);
    return layOut(ids, map.edges, sizes[size]);
  }, [shape, size]);
  const edges = new Map(map.edges.map((edge) => [edgeKey(edge), edge]));
  const scene = { judged, size, seconds, node, to };
  const idOf = (key: string) => map.nodes.find((one) => nodeKey(one) === key)?.id ?? '';
  const open = to === '' ? '' : `${idOf(node)} ${idOf(to)}`;
  return (
    <div
      ref={box}
      class={`map-drawing is-${size}`}
      style={{ width: `${layout.width}px`, height: `${layout.height}px` }}
      onKeyDown={(event) => moveFocus(box.current, event)}
    >
      <Lines layout={layout} judged={judged} open={open} />
      {layout.nodes.map((at) => {
        const one = byId.get(at.id);
        return one && <Node key={at.id} scene={scene} node={one} at={at} />;
      })}
      {layout.edges.map((at) => {
        const edge = edges.get(edgeKey(at));
        return edge && <EdgeLabel key={edgeKey(at)} scene={scene} edge={edge} at={at} />;
      })}
    </div>
  );
}
