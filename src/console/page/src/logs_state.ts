// SPDX-License-Identifier: Apache-2.0
// What the Logs room knows, and the only code that changes it. Its live tail is open while the room
// is, and the page is in sight; an Insights query is asked once.

import { batch, computed, effect, signal, untracked } from '@preact/signals';
import { ApiError, fetchLogs, forgetLines, lineEventsUrl } from './api';
import type { Connection, StreamEvent } from './event_stream';
import { addToFacets, noFacets, type Facets } from './logs/facets';
import { LineList } from './logs/line_list';
import { isInsights, logParameters, type LogFilters } from './logs/place';
import { logsRoute, type Route } from './route';
import { tailWhileSeen } from './seen_stream';
import { epoch, go, route, tokenNeeded } from './state';
import type { LogLine, LogPage, LogTable } from './types';

const pageSize = 100;
/// Rows of a query that has no limit of its own; what the console gives at most.
const tableSize = 500;
/// Lines that come faster than they can be sent are read anew, at most this often.
const rereadMs = 1000;

/// The room as it was left: query and filters.
export const logsPlace = signal<Route>(route.value.room === 'logs' ? route.value : logsRoute);
export const lines = signal<LogLine[]>([]);
export const linesWaiting = signal(0);
export const moreLines = signal(false);
export const linesFull = signal(false);
export const facets = signal<Facets>(noFacets);
/// The answer to an Insights query, or null while the search is a filter pattern.
export const table = signal<LogTable | null>(null);
export const linesError = signal<ApiError | null>(null);
/// False until the first answer.
export const linesLoaded = signal(false);
export const tail = signal<Connection>({ state: 'connecting' });
/// Lines come faster than they can be shown one by one: the newest are.
export const tailBehind = signal(false);

export const selectedLine = signal('');
/// Lines that are unfolded.
export const openLines = signal<ReadonlySet<string>>(new Set());
export const linesPaused = signal(false);
export const linesScrolled = signal(false);
/// Somebody has put a finger or the pointer down in the list.
export const linesTouched = signal(false);
/// Nothing moves that the user did not move.
export const linesHeld = computed(
  () => linesPaused.value || linesScrolled.value || linesTouched.value
    || selectedLine.value !== '' || openLines.value.size > 0 || route.value.room !== 'logs',
);

/// Grows whenever the list is to go back to its newest line.
export const toTop = signal(0);

const list = new LineList();
let endTail: (() => void) | null = null;
/// The search last asked; no search is written like this.
let asked = '?';
/// The next answer is to another search: it replaces what is on screen until then.
let replacing = true;
let reading = 0;
/// Counts searches: an older page belongs to one.
let searches = 0;
let rereadTimer = 0;
let behindTimer = 0;

const parameters = (): URLSearchParams =>
  logParameters(logsPlace.value.query, logsPlace.value.logs);

function publish(): void {
  lines.value = list.rows;
  linesWaiting.value = list.waitingCount;
  moreLines.value = list.next !== null;
  linesFull.value = list.full;
}

function takeError(error: unknown): void {
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 401) tokenNeeded.value = true;
  linesError.value = error;
}

function takePage({ lines: newest, next, facets: counts }: LogPage): void {
  const held = linesHeld.value && !replacing;
  if (replacing) list.replace(newest, next);
  else list.renew(newest, next, held);
  if (!held) facets.value = counts;
  if (newest.length === 0) tailBehind.value = false;
  startTail();
}

function takeAnswer(answer: LogPage | LogTable): void {
  linesError.value = null;
  linesLoaded.value = true;
  tokenNeeded.value = false;
  if ('columns' in answer) {
    table.value = answer;
    list.replace([], null);
    stopTail();
    void readFacets(reading);
  } else {
    table.value = null;
    takePage(answer);
  }
  replacing = false;
  publish();
}

/// The answer to a query has no counts to narrow it by: those of the lines that it read.
async function readFacets(ticket: number): Promise<void> {
  const search = logParameters('', logsPlace.value.logs);
  const page = await fetchLogs(search, 1, null).catch(() => null);
  if (page && 'facets' in page && ticket === reading) facets.value = page.facets;
}

async function read(): Promise<void> {
  const ticket = (reading += 1);
  try {
    const size = isInsights(logsPlace.value.query) ? tableSize : pageSize;
    const answer = await fetchLogs(parameters(), size, null);
    if (ticket === reading) batch(() => takeAnswer(answer));
  } catch (error) {
    if (ticket === reading) takeError(error);
  }
}

export async function readOlderLines(): Promise<void> {
  if (list.next === null) return;
  const [search, from] = [searches, list.next];
  try {
    const answer = await fetchLogs(parameters(), pageSize, from);
    // The tail may have added lines above meanwhile; below, the list must be what it was.
    if (search !== searches || from !== list.next || 'columns' in answer) return;
    list.append(answer.lines, answer.next);
    batch(publish);
  } catch (error) {
    takeError(error);
  }
}

function takeLines(arrived: readonly LogLine[]): void {
  batch(() => {
    facets.value = addToFacets(facets.value, list.apply(arrived, linesHeld.value));
    publish();
  });
}

/// What is on screen may have gaps, or lines that were deleted.
function readAnew(): void {
  window.clearTimeout(rereadTimer);
  rereadTimer = 0;
  list.doubt();
  void read();
}

function readAnewSoon(): void {
  if (rereadTimer === 0) rereadTimer = window.setTimeout(readAnew, rereadMs);
}

/// The console could not keep up, or was emptied.
function startOver(): void {
  tailBehind.value = true;
  window.clearTimeout(behindTimer);
  behindTimer = window.setTimeout(() => (tailBehind.value = false), 5 * rereadMs);
  readAnewSoon();
}

function takeEvent({ event, data }: StreamEvent): void {
  // From here on every line comes: those since the last reading are in this one.
  if (event === 'ready') readAnew();
  if (event === 'reset') startOver();
  if (event !== 'lines') return;
  let value: { lines?: LogLine[] };
  try {
    value = JSON.parse(data);
  } catch {
    return;
  }
  takeLines(value.lines ?? []);
}

function startTail(): void {
  if (endTail) return;
  tail.value = { state: 'connecting' };
  endTail = tailWhileSeen(lineEventsUrl(parameters()), {
    onEvent: takeEvent,
    onConnection: (value) => {
      tail.value = value;
      if (value.state === 'refused' && value.status === 401) tokenNeeded.value = true;
      // For a console that does not say when it is ready.
      if (value.state === 'live') readAnewSoon();
    },
  });
}

function stopTail(): void {
  endTail?.();
  endTail = null;
  window.clearTimeout(rereadTimer);
  rereadTimer = 0;
}

/// Asks anew: the search changed, or somebody wants the present answer. Until it comes, what is on
/// screen stays; so it does when the search has a mistake.
export function askLines(): void {
  stopTail();
  replacing = true;
  searches += 1;
  batch(() => {
    linesTouched.value = false;
    openLines.value = new Set();
    selectedLine.value = '';
    tailBehind.value = false;
    linesScrolled.value = false;
    toTop.value += 1;
  });
  void read();
}

/// Goes to a search; what is not said stays as it is.
export function searchLines(query: string, filters: Partial<LogFilters> = {}): void {
  const logs = { ...logsPlace.value.logs, ...filters };
  go({ room: 'logs', query, logs }, true);
}

/// The facet's value, or all values when it is chosen already.
export function toggleFilter(name: keyof LogFilters, value: string): void {
  const { query, logs } = logsPlace.value;
  searchLines(query, { [name]: logs[name] === value ? '' : value });
}

export function goToLogs(): void {
  go({ ...logsPlace.value, lineId: '' });
}

function showWaitingLines(): void {
  batch(() => {
    facets.value = addToFacets(facets.value, list.release());
    publish();
  });
  if (list.stale) readAnew();
}

/// Shows what waited, and is live again, whatever held the list.
export function goOn(): void {
  batch(() => {
    linesPaused.value = false;
    linesTouched.value = false;
    linesScrolled.value = false;
    selectedLine.value = '';
    openLines.value = new Set();
    toTop.value += 1;
  });
}

/// Goes on when the list stands still for any reason, else pauses.
export function toggleLines(): void {
  if (linesHeld.value) goOn();
  else linesPaused.value = true;
}

export function toggleLine(id: string): void {
  const next = new Set(openLines.value);
  if (!next.delete(id)) next.add(id);
  openLines.value = next;
}

export async function forgetAllLines(): Promise<void> {
  try {
    await forgetLines();
    replacing = true;
    searches += 1;
    await read();
  } catch (error) {
    takeError(error);
  }
}

/// A line that an address names is unfolded as soon as it is there.
function openNamed(id: string): void {
  if (id === '') return;
  selectedLine.value = id;
  openLines.value = new Set([id]);
}

function follow(here: Route): void {
  if (here.room !== 'logs') {
    stopTail();
    return;
  }
  logsPlace.value = here;
  const key = parameters().toString();
  const isNew = key !== asked || linesError.value !== null;
  asked = key;
  if (isNew) askLines();
  else if (!endTail && table.value === null) void read();
  openNamed(here.lineId);
}

/// Nothing will be asked or told any more by itself.
function isStuck(): boolean {
  if (tail.value.state === 'refused') return true;
  return endTail === null && linesError.value !== null && linesError.value.status !== 400;
}

export function startLogs(): void {
  effect(() => {
    const here = route.value;
    untracked(() => follow(here));
  });
  effect(() => {
    // The console lets us in again, or came back.
    if (epoch.value > 0 && route.peek().room === 'logs' && untracked(isStuck)) {
      untracked(askLines);
    }
  });
  effect(() => {
    if (!linesHeld.value) untracked(showWaitingLines);
  });
}

export const hasFilters = computed(() =>
  Object.entries(logsPlace.value.logs).some(([, value]) => value !== '')
    || logsPlace.value.query !== '');
