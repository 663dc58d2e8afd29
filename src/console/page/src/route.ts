// SPDX-License-Identifier: Apache-2.0
// Places of the page: fragments in the AWS console's own grammar, so that a link can be shared.

import { logParameters, noFilters, readFilters, type LogFilters } from './logs/place';

export type Room = 'overview' | 'list' | 'trace' | 'map' | 'logs';

export interface Route {
  room: Room;
  query: string;
  traceId: string;
  spanId: string;
  /// What is open on the map: a node as kind:name, or with `to` the calls from one to the other.
  node: string;
  to: string;
  /// What the Logs room is narrowed to, and the line that is open there.
  logs: LogFilters;
  lineId: string;
}

const nowhere = { query: '', traceId: '', spanId: '', node: '', to: '', logs: noFilters,
  lineId: '' };
export const overviewRoute: Route = { room: 'overview', ...nowhere };
export const listRoute: Route = { room: 'list', ...nowhere };
export const mapRoute: Route = { room: 'map', ...nowhere };
export const logsRoute: Route = { room: 'logs', ...nowhere };

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    return text;
  }
}

function parameter(search: string, name: string): string {
  for (const pair of search.split('&')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && pair.slice(0, equals) === name) return decode(pair.slice(equals + 1));
  }
  return '';
}

/// The AWS console's long form: ~(query~'…') with *xx for bytes outside its plain set.
function awsQuery(search: string): string {
  const match = /~\(query~'([^'~)]*)/.exec(decode(search));
  return match?.[1] === undefined ? '' : decode(match[1].replace(/\*([0-9a-fA-F]{2})/g, '%$1'));
}

function parseTraces(path: string, search: string): Route {
  if (path === 'query') return { ...listRoute, query: awsQuery(search) };
  if (path === '') return { ...listRoute, query: parameter(search, 'q') };
  return {
    ...listRoute,
    room: 'trace',
    query: parameter(search, 'q'),
    traceId: path,
    spanId: parameter(search, 'span'),
  };
}

/// The AWS console writes %xx as $xx, and a name inside a name once more: $252F is a slash.
const undollar = (text: string): string => decode(text.replace(/\$([0-9a-fA-F]{2})/g, '%$1'));

/// logs-insights, live-tail and log-groups/log-group/NAME, each with our own parameters; of AWS's
/// query detail the query and the first group.
function parseLogs(rest: string): Route {
  const plain = rest.replace(/\$3[fF]/, '?').replace(/\$3[dD]/, '=');
  const [path = '', search = ''] = plain.split(/\?(.*)/s);
  const detail = undollar(parameter(search, 'queryDetail'));
  if (detail !== '') {
    const text = (pattern: RegExp): string =>
      decode((pattern.exec(detail)?.[1] ?? '').replace(/\*([0-9a-fA-F]{2})/g, '%$1'));
    const group = text(/source~\(~'([^'~)]*)/);
    return { ...logsRoute, query: text(/editorString~'([^'~)]*)/), logs: { ...noFilters, group } };
  }
  const filters = readFilters((name) => parameter(search, name));
  const group = /^log-groups\/log-group\/([^/]+)/.exec(path)?.[1];
  if (group !== undefined) filters.group = decode(undollar(group));
  const query = parameter(search, 'q') || undollar(parameter(search, 'filterPattern'));
  return { ...logsRoute, query, logs: filters, lineId: parameter(search, 'line') };
}

/// Never fails: what is not understood is the overview.
export function parseRoute(hash: string): Route {
  const logs = /^#logsV2:((?:logs-insights|live-tail|log-groups)(?:[/?$].*)?)$/s.exec(hash);
  if (logs) return parseLogs(logs[1] ?? '');
  const match = /^#xray:(traces|service-map)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(hash);
  if (!match) return overviewRoute;
  const search = match[3] ?? '';
  if (match[1] === 'traces') return parseTraces(decode(match[2] ?? ''), search);
  const node = parameter(search, 'node');
  return { ...mapRoute, node, to: node === '' ? '' : parameter(search, 'to') };
}

/// The fragment of a place; what is not said is empty.
export function formatRoute(to: Partial<Route> & { room: Room }): string {
  const route: Route = { ...nowhere, ...to };
  if (route.room === 'overview') return '#xray:overview';
  if (route.room === 'logs') {
    const search = logParameters(route.query, route.logs);
    if (route.lineId !== '') search.set('line', route.lineId);
    return withSearch('#logsV2:logs-insights', search);
  }
  const search = new URLSearchParams();
  if (route.room === 'map') {
    if (route.node !== '') search.set('node', route.node);
    if (route.to !== '') search.set('to', route.to);
  }
  if (route.spanId !== '') search.set('span', route.spanId);
  if (route.query !== '') search.set('q', route.query);
  const path = route.room === 'trace' ? `/${encodeURIComponent(route.traceId)}` : '';
  return withSearch(route.room === 'map' ? '#xray:service-map' : `#xray:traces${path}`, search);
}

function withSearch(place: string, search: URLSearchParams): string {
  const tail = search.toString();
  return tail === '' ? place : `${place}?${tail}`;
}

/// The address of a place for a link. Not a bare fragment: checkers take those for skip links.
export function linkTo(to: Partial<Route> & { room: Room }): string {
  return `./${formatRoute(to)}`;
}
