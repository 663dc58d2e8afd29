// SPDX-License-Identifier: Apache-2.0
// What the page knows, and the only code that changes it. Views read the signals.

import { batch, computed, effect, signal } from '@preact/signals';
import { ApiError, eventsUrl, fetchStatus, fetchTraces, forgetTraces } from './api';
import { EventStream, type Connection, type StreamEvent } from './event_stream';
import { dropFigures, letFiguresGo, readFigures, takeFigures } from './figures';
import { formatRoute, listRoute, parseRoute, type Room, type Route } from './route';
import { searchMistake } from './search';
import { TraceList } from './trace_list';
import type { Overview, Status, TraceSummary } from './types';

const pageSize = 100;

export const route = signal<Route>(parseRoute(location.hash));
export const connection = signal<Connection>({ state: 'connecting' });
export const status = signal<Status | null>(null);
export const tokenNeeded = signal(false);
export const notice = signal('');

export const query = signal(route.value.room === 'list' ? route.value.query : '');
export const rows = signal<TraceSummary[]>([]);
export const waitingCount = signal(0);
export const hasOlder = signal(false);
export const listFull = signal(false);
/// null until the first answer.
export const listError = signal<ApiError | null>(null);
export const listLoaded = signal(false);
export const selectedId = signal('');

export const paused = signal(false);
export const scrolledAway = signal(false);
/// Nothing moves that the user did not move: the list stands while somebody reads in it.
export const held = computed(
  () =>
    paused.value ||
    scrolledAway.value ||
    selectedId.value !== '' ||
    route.value.room !== 'list',
);

/// Grows whenever what was read before may be stale: events may have been missed.
export const epoch = signal(0);

/// Summaries that changed in the last frame; the trace view listens.
export const changed = signal<ReadonlyMap<string, number>>(new Map());

/// Seconds since the epoch by the console's clock, once a second: a phone's own may be off.
export const now = signal(Date.now() / 1000);
let clockOffset = 0;

const showsFigures = (room: Room): boolean => room === 'overview' || room === 'map';

/// Figures cost the console work, so only rooms that show them ask for them; a trace opened from
/// such a room keeps them coming.
let figuresWanted = showsFigures(route.value.room);
/// The room that a trace was opened from.
export const cameFrom = signal<Route>(route.value.room === 'trace' ? listRoute : route.value);

const list = new TraceList();
let stream: EventStream | null = null;
let queue: TraceSummary[] = [];
let frameAsked = false;
let reading = 0;

function publish(): void {
  batch(() => {
    rows.value = list.rows;
    waitingCount.value = list.waitingCount;
    hasOlder.value = list.next !== null;
    listFull.value = list.full;
  });
}

/// Shows a sentence for a while.
let noticeTimer = 0;
export function tell(sentence: string): void {
  notice.value = sentence;
  window.clearTimeout(noticeTimer);
  noticeTimer = window.setTimeout(() => (notice.value = ''), 6000);
}

function takeError(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 401) tokenNeeded.value = true;
  listError.value = error;
}

/// Reads what the overview shows. A console that does not answer is told of by the banner.
function readOverview(): void {
  readFigures().catch((error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 401) tokenNeeded.value = true;
  });
}

export async function readList(): Promise<void> {
  const ticket = (reading += 1);
  try {
    const page = await fetchTraces(query.value, pageSize, null);
    if (ticket !== reading) return;
    batch(() => {
      listError.value = null;
      listLoaded.value = true;
      tokenNeeded.value = false;
      list.replace(page.traces, page.next);
      publish();
    });
  } catch (error) {
    if (ticket === reading) takeError(error);
  }
}

export async function readOlder(): Promise<void> {
  if (list.next === null) return;
  const ticket = reading;
  try {
    const page = await fetchTraces(query.value, pageSize, list.next);
    if (ticket !== reading) return;
    list.append(page.traces, page.next);
    publish();
  } catch (error) {
    takeError(error);
  }
}

function takeFrame(): void {
  frameAsked = false;
  const updates = queue;
  queue = [];
  batch(() => {
    if (list.apply(updates, held.value)) publish();
    changed.value = new Map(updates.map((update) => [update.id, update.revision]));
  });
}

/// A burst becomes one change a frame. Hidden pages get no frames, so a timer stands in.
function enqueue(traces: readonly TraceSummary[]): void {
  queue.push(...traces);
  if (frameAsked) return;
  frameAsked = true;
  if (document.hidden) window.setTimeout(takeFrame, 250);
  else window.requestAnimationFrame(takeFrame);
}

function takeStatus(value: Status): void {
  clockOffset = value.now - Date.now() / 1000;
  status.value = value;
}

function takeEvent({ event, data }: StreamEvent): void {
  let value: unknown;
  try {
    value = JSON.parse(data);
  } catch {
    return;
  }
  if (event === 'traces') enqueue((value as { traces: TraceSummary[] }).traces);
  if (event === 'status') takeStatus(value as Status);
  if (event === 'overview') takeFigures(value as Overview);
  if (event === 'reset') {
    queue = [];
    tell('The console asked to start over: the list was read again.');
    epoch.value += 1;
    void readList();
    dropFigures();
    if (figuresWanted) readOverview();
  }
}

function takeConnection(value: Connection): void {
  connection.value = value;
  if (value.state === 'refused' && value.status === 401) tokenNeeded.value = true;
  if (value.state !== 'live') return;
  epoch.value += 1;
  void readList();
  if (figuresWanted) readOverview();
  fetchStatus().then(takeStatus, () => undefined);
}

/// Opens the events of the present search, and reads its list meanwhile: should the browser have
/// no connection left for events, the list is there all the same.
function openStream(): void {
  stream?.stop();
  queue = [];
  if (figuresWanted) readOverview();
  void readList();
  connection.value = { state: 'connecting' };
  stream = new EventStream(eventsUrl(query.value, figuresWanted), {
    onEvent: takeEvent,
    onConnection: takeConnection,
  });
}

export function retryNow(): void {
  if (connection.value.state === 'refused') openStream();
  else stream?.retry();
}

export function enterWithToken(): void {
  tokenNeeded.value = false;
  openStream();
}

export function showWaiting(): void {
  list.release();
  publish();
}

export function togglePaused(): void {
  paused.value = !paused.value;
}

export async function forgetAll(): Promise<void> {
  try {
    await forgetTraces();
    list.clear();
    publish();
    await readList();
  } catch (error) {
    takeError(error);
  }
}

/// Asks a new search; a search with a mistake is shown as such and not sent.
export function search(text: string): void {
  if (text === query.value) return;
  query.value = text;
  selectedId.value = '';
  history.replaceState(null, '', formatRoute({ ...route.value, query: text }));
  route.value = parseRoute(location.hash);
  const mistake = searchMistake(text);
  if (mistake) listError.value = new ApiError(400, mistake.message, mistake.position);
  else openStream();
}

/// Does what the arrival at a place asks for. The stream is opened anew when it must carry more or
/// less than before.
function arrive(next: Route): void {
  route.value = next;
  if (next.room !== 'trace') {
    cameFrom.value = next;
    const wanted = showsFigures(next.room);
    const changes = wanted !== figuresWanted;
    figuresWanted = wanted;
    if (next.room === 'list' && next.query !== query.value) search(next.query);
    else if (changes) openStream();
  }
  if (!showsFigures(next.room)) letFiguresGo();
}

export function go(to: Partial<Route> & { room: Room }, replace = false): void {
  const hash = formatRoute(to);
  if (hash === location.hash) return;
  if (replace) history.replaceState(null, '', hash);
  else location.hash = hash;
  arrive(parseRoute(hash));
}

/// To the list as it was left.
export function goToList(): void {
  go({ room: 'list', query: query.value });
}

/// Out of a trace, to where it was opened.
export function goBack(): void {
  if (cameFrom.value.room === 'list') goToList();
  else go(cameFrom.value);
}

/// A hidden page lets its stream go after this: browsers open six connections to one host, and
/// the seventh tab would stay blank.
const hiddenMs = 5000;

function followVisibility(): void {
  let timer = 0;
  document.addEventListener('visibilitychange', () => {
    window.clearTimeout(timer);
    if (!document.hidden) {
      if (stream === null) openStream();
      return;
    }
    timer = window.setTimeout(() => {
      stream?.stop();
      stream = null;
      connection.value = { state: 'connecting' };
    }, hiddenMs);
  });
}

export function start(): void {
  followVisibility();
  window.addEventListener('hashchange', () => arrive(parseRoute(location.hash)));
  window.setInterval(() => (now.value = Date.now() / 1000 + clockOffset), 1000);
  effect(() => {
    if (!held.value) showWaiting();
  });
  openStream();
}
