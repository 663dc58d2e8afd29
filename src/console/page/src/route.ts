// SPDX-License-Identifier: Apache-2.0
// Places of the page: fragments in the AWS console's own grammar, so that a link can be shared.

export type Room = 'overview' | 'list' | 'trace' | 'map';

export interface Route {
  room: Room;
  query: string;
  traceId: string;
  spanId: string;
  /// What is open on the map: a node as kind:name, or with `to` the calls from one to the other.
  node: string;
  to: string;
}

const nowhere = { query: '', traceId: '', spanId: '', node: '', to: '' };
export const overviewRoute: Route = { room: 'overview', ...nowhere };
export const listRoute: Route = { room: 'list', ...nowhere };
export const mapRoute: Route = { room: 'map', ...nowhere };

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

/// Never fails: what is not understood is the overview.
export function parseRoute(hash: string): Route {
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
  const search = new URLSearchParams();
  if (route.room === 'map') {
    if (route.node !== '') search.set('node', route.node);
    if (route.to !== '') search.set('to', route.to);
  }
  if (route.spanId !== '') search.set('span', route.spanId);
  if (route.query !== '') search.set('q', route.query);
  const path = route.room === 'trace' ? `/${encodeURIComponent(route.traceId)}` : '';
  const tail = search.toString();
  const place = route.room === 'map' ? 'service-map' : `traces${path}`;
  return `#xray:${place}${tail === '' ? '' : `?${tail}`}`;
}

/// The address of a place for a link. Not a bare fragment: checkers take those for skip links.
export function linkTo(to: Partial<Route> & { room: Room }): string {
  return `./${formatRoute(to)}`;
}
