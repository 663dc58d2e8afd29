// SPDX-License-Identifier: Apache-2.0
// The shapes of docs/reference/console-api.md. Values inside documents come from anyone who can
// send a datagram, so a Document promises nothing beyond being a JSON object.

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Document = { [key: string]: Json };

export interface TraceSummary {
  id: string;
  start: number;
  duration: number;
  service: string;
  name: string;
  method: string;
  url: string;
  status: number;
  fault: boolean;
  error: boolean;
  throttle: boolean;
  in_progress: boolean;
  error_text: string;
  tenant: string;
  user: string;
  request_id: string;
  annotations: Document;
  services: string[];
  segments: number;
  spans: number;
  revision: number;
}

export interface Trace {
  summary: TraceSummary;
  segments: Document[];
}

export interface Status {
  version: string;
  now: number;
  started: number;
  listen: { http: string; xray: string };
  intake: {
    datagrams: number;
    bytes: number;
    /// Documents that came by PutTraceSegments instead of in a datagram.
    api_documents: number;
    documents: number;
    duplicates: number;
    rejected: { [reason: string]: number };
    queued: number;
    kernel_dropped: number;
  };
  store: {
    kind: string;
    traces: number;
    segments: number;
    bytes: number;
    max_bytes: number;
    evicted_traces: number;
  };
  /// Of the store of logs; a console that keeps none says nothing of it.
  logs?: LogStatus;
}

export interface LogStatus {
  /// Events held.
  events: number;
  /// In the file at the start; stored since then; and what of both is gone.
  loaded: number;
  received: number;
  evicted: number;
  expired: number;
  deleted: number;
  failed: number;
  bytes: number;
  max_bytes: number;
  groups: number;
  streams: number;
}

export interface LogLine {
  id: string;
  time: number;
  group: string;
  stream: string;
  level: string;
  message: string;
  service: string;
  logger: string;
  request_id: string;
  tenant: string;
  user: string;
  trace_id: string;
  span_id: string;
  fields: Document;
  /// The event as it was received.
  raw: string;
}

export interface FacetValue {
  value: string;
  count: number;
}

export interface LogPage {
  lines: LogLine[];
  next: string | null;
  facets: { level: FacetValue[]; service: FacetValue[]; tenant: FacetValue[] };
  scanned: number;
}

/// What an Insights query answers.
export interface LogTable {
  columns: string[];
  rows: string[][];
  scanned: number;
  matched: number;
  /// Rows were left out.
  more?: boolean;
}

export interface TraceLines {
  lines: LogLine[];
  /// There are more than were sent.
  more: boolean;
}

/// What became of requests, and how long they took in seconds. A throttle is an error as well, so
/// requests = ok + error + fault.
export interface Stats {
  requests: number;
  ok: number;
  error: number;
  throttle: number;
  fault: number;
  p50: number;
  p99: number;
  max: number;
}

export type NodeKind = 'client' | 'service' | 'remote' | 'database' | 'aws';

export interface MapNode extends Stats {
  id: number;
  name: string;
  kind: NodeKind;
  root: boolean;
}

export interface MapEdge extends Stats {
  from: number;
  to: number;
  /// Seconds and how many calls took about that long.
  histogram: [number, number][];
}

export interface ServiceMap {
  start: number;
  end: number;
  nodes: MapNode[];
  edges: MapEdge[];
  truncated: boolean;
}

export interface Problem {
  tenant: string;
  service: string;
  method: string;
  route: string;
  status: number;
  culprit: string;
  reason: string;
  kind: 'fault' | 'error' | 'throttle' | 'slow';
  count: number;
  of: number;
  first: number;
  last: number;
  trace: string;
  q: string;
}

export interface SeriesPoint extends Stats {
  start: number;
  seconds: number;
}

export interface TenantStats extends Stats {
  tenant: string;
  traces_cost_usd: number;
}

export interface ReadySearch {
  label: string;
  q: string;
  count: number;
}

export interface Overview {
  now: number;
  minutes: number;
  stats: Stats;
  problems: Problem[];
  series: SeriesPoint[];
  tenants: TenantStats[];
  searches: ReadySearch[];
  map: ServiceMap;
}
