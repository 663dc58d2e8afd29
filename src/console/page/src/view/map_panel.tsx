// SPDX-License-Identifier: Apache-2.0
// What is known of one node or edge of the map, and the searches that list its traces.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { formatCount, formatDuration, formatRate, formatShare, visible } from '../format';
import { edgeFilter, nodeFilter, slowLabel, slowWord, withWord, type Filter } from '../map/filters';
import { edgeKey, nodeKey, type JudgedMap } from '../map/health';
import { binsOf } from '../map/histogram';
import { linkTo } from '../route';
import type { MapEdge, MapNode, Stats } from '../types';
import { Icon } from './icons';
import { HealthWord, kindWord } from './service_map';

function Figures({ stats, seconds }: { stats: Stats; seconds: number }) {
  const { requests } = stats;
  const shares: [string, string, number][] = [
    ['ok', 'Ok', stats.ok],
    ['error', 'Errors', stats.error],
    ['throttle', 'of them throttled', stats.throttle],
    ['fault', 'Faults', stats.fault],
  ];
  const { p50, p99, max } = stats;
  const times: [string, number][] = [['p50', p50], ['p99', p99], ['Longest', max]];
  return (
    <table class="figures">
      <tbody>
        <tr>
          <th scope="row">Requests</th>
          <td>{formatCount(requests)}</td>
          <td>{formatRate(requests / seconds)}</td>
        </tr>
        {shares.map(([kind, word, count]) => (
          <tr key={word} class={count > 0 && kind !== 'ok' ? `is-${kind}` : ''}>
            <th scope="row">
              {count > 0 && kind !== 'ok' && <Icon name={kind} />} {word}
            </th>
            <td>{formatCount(count)}</td>
            <td>{formatShare(count, requests)}</td>
          </tr>
        ))}
        {times.map(([word, time]) => (
          <tr key={word}>
            <th scope="row">{word}</th>
            <td />
            <td>{requests > 0 ? formatDuration(time) : '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function SearchLink({ label, q }: { label: string; q: string }) {
  return (
    <li>
      <a href={linkTo({ room: 'list', query: q })}>
        <span>{label}</span>
        <code>
          <bdi>{q === '' ? '(no filter)' : visible(q)}</bdi>
        </code>
      </a>
    </li>
  );
}

function Searches({ filter, stats }: { filter: Filter; stats: Stats }) {
  const { q, left } = filter;
  return (
    <section>
      <h3>Traces</h3>
      <ul class="search-links">
        <SearchLink label="All" q={q} />
        {stats.fault > 0 && <SearchLink label="Faults" q={withWord(q, 'fault')} />}
        {stats.error > stats.throttle && <SearchLink label="Errors" q={withWord(q, 'error')} />}
        {stats.throttle > 0 && <SearchLink label="Throttled" q={withWord(q, 'throttle')} />}
      </ul>
      {left.length > 0 && (
        <p class="aside">
          The search does not know <bdi>{left.map(visible).join(', ')}</bdi>: it lists the traces of
          the service that calls.
        </p>
      )}
    </section>
  );
}

const histogramHeight = 72;

/// Bars over a logarithmic axis, and a slider that turns a duration into a search.
function Histogram({ edge, q }: { edge: MapEdge; q: string }) {
  const bins = binsOf(edge.histogram);
  const [chosen, setChosen] = useState(-1);
  if (bins.length === 0) return null;
  const slow = bins.findIndex(({ to }) => to > edge.p99);
  const at = Math.min(bins.length - 1, chosen >= 0 ? chosen : Math.max(0, slow));
  const most = Math.max(...bins.map(({ count }) => count));
  const from = bins[at]?.from ?? 0;
  const over = bins.slice(at).reduce((sum, { count }) => sum + count, 0);
  const word = slowWord(from);
  return (
    <section>
      <h3>How long calls took</h3>
      <svg
        class="histogram"
        viewBox={`0 0 ${bins.length} ${histogramHeight}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${formatDuration(edge.p50)} at the median, ${formatDuration(edge.p99)} at p99`}
        onPointerDown={(event) => {
          const { left, width } = event.currentTarget.getBoundingClientRect();
          setChosen(Math.floor(((event.clientX - left) / width) * bins.length));
        }}
      >
        {bins.map(({ count }, index) => {
          const height = count === 0 ? 0 : Math.max(2, (count / most) * histogramHeight);
          return (
            <rect
              key={index}
              class={index >= at ? 'is-chosen' : ''}
              x={index + 0.06}
              y={histogramHeight - height}
              width="0.88"
              height={height}
            />
          );
        })}
      </svg>
      <div class="histogram-ends mono" aria-hidden="true">
        <span>{formatDuration(bins[0]?.from ?? 0)}</span>
        <span>{formatDuration(edge.max)}</span>
      </div>
      <input
        type="range"
        aria-label="At least this long"
        aria-valuetext={formatDuration(from)}
        min="0"
        max={bins.length - 1}
        value={at}
        onInput={(event) => setChosen(Number(event.currentTarget.value))}
      />
      <ul class="search-links">
        <SearchLink label={slowLabel(word)} q={withWord(q, word)} />
      </ul>
      <p class="aside">
        <span class="mono">{formatCount(over)}</span> of {formatCount(edge.requests)} calls
      </p>
    </section>
  );
}

interface CallListProps {
  title: string;
  judged: JudgedMap;
  edges: MapEdge[];
  seconds: number;
  /// The end of the calls that is not open already.
  other: 'from' | 'to';
}

function CallList({ title, judged, edges, seconds, other }: CallListProps) {
  if (edges.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul class="call-list">
        {edges.map((edge) => {
          const [from, to] = [judged.byId.get(edge.from), judged.byId.get(edge.to)];
          if (!from || !to) return null;
          const href = linkTo({ room: 'map', node: nodeKey(from), to: nodeKey(to) });
          return (
            <li key={edgeKey(edge)}>
              <a href={href}>
                <bdi>{visible((other === 'from' ? from : to).name) || '(no name)'}</bdi>
              </a>
              <span class="mono">{formatRate(edge.requests / seconds)}</span>
              <HealthWord verdict={judged.edges.get(edgeKey(edge))} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

interface FrameProps {
  title: string;
  kind: string;
  close: () => void;
  children: ComponentChildren;
}

function Frame({ title, kind, close, children }: FrameProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // A node or a card keeps the focus; where it is nowhere, it goes to what has just opened.
    if (document.activeElement === document.body) button.current?.focus({ preventScroll: true });
  }, []);
  return (
    <aside class="drawer" aria-label="Details">
      <header>
        <div>
          <h2>
            <bdi>{title}</bdi>
          </h2>
          <p class="aside">{kind}</p>
        </div>
        <button ref={button} type="button" class="quiet" aria-label="Close details" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <div class="drawer-body" tabIndex={0} role="group" aria-label="Figures">
        {children}
      </div>
    </aside>
  );
}

interface PanelProps {
  judged: JudgedMap;
  node: MapNode;
  to: MapNode | null;
  seconds: number;
  close: () => void;
}

const nameOf = (node: MapNode): string => visible(node.name) || '(no name)';

function EdgePanel({ judged, node, to, seconds, close }: PanelProps & { to: MapNode }) {
  const edge = judged.map.edges.find((one) => one.from === node.id && one.to === to.id);
  const filter = edgeFilter(node, to);
  const title = `${nameOf(node)} → ${nameOf(to)}`;
  return (
    <Frame title={title} kind="calls, as the caller sees them" close={close}>
      {edge ? (
        <>
          <HealthWord verdict={judged.edges.get(edgeKey(edge))} />
          <Figures stats={edge} seconds={seconds} />
          <Histogram edge={edge} q={filter.q} />
          <Searches filter={filter} stats={edge} />
        </>
      ) : (
        <p>No such call in the last minutes.</p>
      )}
    </Frame>
  );
}

export function MapPanel(props: PanelProps) {
  const { judged, node, to, seconds, close } = props;
  if (to) return <EdgePanel {...props} to={to} />;
  const { edges } = judged.map;
  const shared = { judged, seconds };
  return (
    <Frame title={nameOf(node)} kind={kindWord[node.kind]} close={close}>
      <HealthWord verdict={judged.nodes.get(node.id)} />
      <Figures stats={node} seconds={seconds} />
      <Searches filter={nodeFilter(judged.map, node)} stats={node} />
      <CallList
        title="Calls"
        edges={edges.filter((edge) => edge.from === node.id)}
        other="to"
        {...shared}
      />
      <CallList
        title="Called by"
        edges={edges.filter((edge) => edge.to === node.id)}
        other="from"
        {...shared}
      />
    </Frame>
  );
}
