// SPDX-License-Identifier: Apache-2.0
// Requests to the console. Every failure is one ApiError that a person can read.

import type { LogPage, LogTable, Overview, Status, Trace, TraceLines, TraceSummary } from './types';

export class ApiError extends Error {
  constructor(
    /// HTTP status; 0 when nobody answered.
    readonly status: number,
    message: string,
    /// Byte offset of a mistake in the search, or -1.
    readonly position: number = -1,
  ) {
    super(message);
  }
}

async function request(path: string, init?: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { cache: 'no-store', ...init });
  } catch {
    throw new ApiError(0, 'The console does not answer.');
  }
  if (response.ok) return response;
  const problem: { detail?: unknown; title?: unknown; position?: unknown } = await response
    .json()
    .catch(() => ({}));
  const words = [problem.detail, problem.title].find((word) => typeof word === 'string' && word);
  const position = typeof problem.position === 'number' ? problem.position : -1;
  throw new ApiError(response.status, String(words ?? `HTTP ${response.status}`), position);
}

export interface TracePage {
  traces: TraceSummary[];
  next: string | null;
}

export async function fetchTraces(
  query: string,
  limit: number,
  before: string | null,
): Promise<TracePage> {
  const search = new URLSearchParams({ limit: String(limit) });
  if (query !== '') search.set('q', query);
  if (before !== null) search.set('before', before);
  return (await request(`/api/traces?${search}`)).json();
}

export async function fetchTrace(id: string): Promise<Trace> {
  return (await request(`/api/traces/${encodeURIComponent(id)}`)).json();
}

export async function fetchStatus(): Promise<Status> {
  return (await request('/api/status')).json();
}

export async function fetchOverview(): Promise<Overview> {
  return (await request('/api/overview?minutes=5')).json();
}

export async function forgetTraces(): Promise<void> {
  await request('/api/traces', { method: 'DELETE' });
}

/// A page of lines, newest first; of an Insights query its table. `search` as logParameters.
export async function fetchLogs(
  search: URLSearchParams,
  limit: number,
  before: string | null,
): Promise<LogPage | LogTable> {
  const asked = new URLSearchParams(search);
  asked.set('limit', String(limit));
  if (before !== null) asked.set('before', before);
  return (await request(`/api/logs?${asked}`)).json();
}

export async function fetchTraceLines(id: string): Promise<TraceLines> {
  return (await request(`/api/traces/${encodeURIComponent(id)}/logs`)).json();
}

export async function forgetLines(): Promise<void> {
  await request('/api/logs', { method: 'DELETE' });
}

/// Lines that match, as they arrive.
export function lineEventsUrl(search: URLSearchParams): string {
  const tail = search.toString();
  return `/api/logs/events${tail === '' ? '' : `?${tail}`}`;
}

/// Trades a token for the cookie. True when the console then lets us in.
export async function sendToken(token: string): Promise<boolean> {
  await request(`/?${new URLSearchParams({ token })}`).catch(() => undefined);
  try {
    await fetchStatus();
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return false;
    throw error;
  }
}

/// The one stream: traces that match, and with `figures` the overview every two seconds.
export function eventsUrl(query: string, figures: boolean): string {
  const search = new URLSearchParams();
  if (figures) search.set('overview', '1');
  if (query !== '') search.set('q', query);
  const tail = search.toString();
  return `/api/events${tail === '' ? '' : `?${tail}`}`;
}
