// SPDX-License-Identifier: Apache-2.0
// Logs: one search, what to narrow to, and the lines as they come; or the answer of a query.

import { useEffect, useState } from 'preact/hooks';
import { copy } from '../clipboard';
import { awsCommand } from '../logs/command';
import { asPhrase, periods } from '../logs/place';
import {
  askLines,
  forgetAllLines,
  lines,
  linesError,
  linesHeld,
  linesPaused,
  logsPlace,
  searchLines,
  table,
  tail,
  toggleLines,
} from '../logs_state';
import { now, status, tell } from '../state';
import { Icon } from './icons';
import { Live } from './live';
import { FilterChips, LogFacets } from './log_facets';
import { LogFailure } from './log_failure';
import { LogList } from './log_list';
import { LogTableView } from './log_table';
import { SearchField } from './search_field';

function Period() {
  const { query, logs } = logsPlace.value;
  const known = periods.some(([minutes]) => minutes === logs.minutes);
  return (
    <select
      class="period"
      aria-label="Time"
      value={logs.minutes}
      onChange={(event) => searchLines(query, { minutes: event.currentTarget.value })}
    >
      {periods.map(([minutes, words]) => (
        <option key={minutes} value={minutes}>
          {words}
        </option>
      ))}
      {!known && <option value={logs.minutes}>Last {logs.minutes} minutes</option>}
    </select>
  );
}

function Search() {
  const error = linesError.value;
  return (
    <SearchField
      label="Search logs"
      placeholder='Search: timeout -slow, { $.level = "ERROR" }, stats count(*) by service'
      asked={logsPlace.value.query}
      told={error?.status === 400 ? error : null}
      findMistake={() => null}
      mend={asPhrase}
      search={(text) => {
        if (text === logsPlace.value.query) return;
        searchLines(text);
      }}
      pauseMs={250}
    >
      {() => <FilterChips />}
    </SearchField>
  );
}

function copyCommand(): void {
  const { query, logs } = logsPlace.value;
  const groups = logs.group !== '' ? [logs.group]
    : [...new Set(lines.value.map(({ group }) => group))];
  if (groups.length === 0 && logs.service !== '') groups.push(`/aloft/${logs.service}`);
  const endpoint = `http://${status.value?.listen.xray ?? '127.0.0.1:2000'}`;
  const insights = table.value !== null;
  const command = awsCommand({ query, insights, filters: logs, groups, endpoint, now: now.peek() });
  if (command) void copy(`${command}\n`, 'the search as aws command');
  else tell('No command of the aws CLI finds these lines: take a filter off, or choose a group.');
}

/// Asks before it forgets, as for traces. It forgets also what the search does not show.
function Forget() {
  const [armed, setArmed] = useState(false);
  return (
    <button
      type="button"
      class={armed ? 'is-armed' : ''}
      disabled={lines.value.length === 0 && !status.value?.logs?.events}
      title="Forget all lines of all groups, whatever the search shows"
      onBlur={() => setArmed(false)}
      onClick={() => {
        if (armed) void forgetAllLines();
        setArmed(!armed);
      }}
    >
      {armed ? 'Forget all lines of all groups?' : 'Clear'}
    </button>
  );
}

function Controls() {
  return (
    <div class="live">
      {table.value ? (
        <button type="button" onClick={askLines}>
          Ask again
        </button>
      ) : (
        <Live
          held={linesHeld.value}
          paused={linesPaused.value}
          toggle={toggleLines}
          goesOn
          by={tail.value}
        />
      )}
      <Period />
      <button
        type="button"
        class="copy-command"
        title="Copy the search as a command of the aws CLI"
        onClick={copyCommand}
      >
        <Icon name="copy" />
        aws
      </button>
      {!table.value && <Forget />}
    </div>
  );
}

export function LogsRoom() {
  useEffect(() => {
    document.title = 'Logs · Aloft console';
  }, []);
  return (
    <div class="logs-room">
      <h1 class="offscreen">Logs</h1>
      <div class="list-tools">
        <Search />
        <Controls />
      </div>
      <div class="logs-body">
        <LogFacets />
        {table.value ? (
          <div class="logs-main">
            <LogFailure />
            <LogTableView key={table.value.columns.join()} table={table.value} />
          </div>
        ) : (
          <LogList />
        )}
      </div>
    </div>
  );
}
