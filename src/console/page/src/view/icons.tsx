// SPDX-License-Identifier: Apache-2.0
// Shapes that carry meaning without colour, drawn here because no font can be relied on.

import { outcomeWord, type Outcome } from '../format';

const paths: Record<string, string> = {
  fault: 'M5 1h6l4 4v6l-4 4H5l-4-4V5zM5.5 5.5l5 5M10.5 5.5l-5 5',
  error: 'M8 1.5 15 14H1zM8 6v4M8 11.5v.8',
  throttle: 'M1.5 8a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0M6.2 5v6M9.8 5v6',
  running: 'M8 1.5a6.5 6.5 0 1 1-6.5 6.5M8 4.5V8l2.5 1.5',
  ok: 'M2.5 8.5l3.5 4 7.5-9',
  quiet: 'M3 8h10',
  slow: 'M4 1.5h8M4 14.5h8M5 1.5c0 4 6 4 6 6.5s-6 2.5-6 6.5M11 1.5c0 4-6 4-6 6.5s6 2.5 6 6.5',
  clock: 'M1.5 8a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0M8 4v4l3 2',
  unknown: 'M5.5 5.5a2.5 2.5 0 1 1 3.4 2.3c-.6.3-.9.8-.9 1.7M8 12.5v.5',
  client: 'M5.2 4.8a2.8 2.8 0 1 0 5.6 0a2.8 2.8 0 1 0-5.6 0M2.5 14c.5-3.4 2.5-5 5.5-5s5 1.6 5.5 5',
  service: 'M2 2.5h12v4.5H2zM2 9h12v4.5H2zM4.5 4.75h.1M4.5 11.25h.1',
  database:
    'M2.5 3.8c0-3 11-3 11 0v8.4c0 3-11 3-11 0zM2.5 3.8c0 3 11 3 11 0M2.5 8c0 3 11 3 11 0',
  aws: 'M4.5 12.5a3 3 0 0 1-.3-6a4 4 0 0 1 7.6-.8a3.4 3.4 0 0 1 .2 6.8z',
  remote:
    'M1.5 8a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0-13 0M1.5 8h13M8 1.5c-4 4-4 9 0 13M8 1.5c4 4 4 9 0 13',
  lines: 'M2 3.5h12M2 8h12M2 12.5h7',
  lock: 'M3.5 7.5h9v6.5h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  filter: 'M1.5 3h13M4 8h8M6.5 13h3',
  span: 'M1.5 3h8M4.5 8h8M9.5 13h5',
  open: 'M3 6l5 5 5-5',
  closed: 'M6 3l5 5-5 5',
  back: 'M10 3L5 8l5 5',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  copy: 'M5.5 5.5v-4h9v9h-4M1.5 5.5h9v9h-9z',
  search: 'M1.5 6.5a5 5 0 1 0 10 0a5 5 0 1 0-10 0M10 10l4.5 4.5',
  pause: 'M5 3v10M11 3v10',
  play: 'M4 2.5l9 5.5-9 5.5z',
  up: 'M8 13V3M4 7l4-4 4 4',
  down: 'M8 3v10M4 9l4 4 4-4',
  light: 'M4.5 8a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0M8 .5v2M8 13.5v2M.5 8h2M13.5 8h2',
  dark: 'M13.5 10A6 6 0 0 1 6 2.5a6 6 0 1 0 7.5 7.5z',
  system: 'M1.5 2.5h13v8h-13zM5.5 14h5M8 10.5V14',
};

export function Icon({ name }: { name: string }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={paths[name] ?? ''} />
    </svg>
  );
}

/// Shape, number and word: what became of a request or span.
export function OutcomeMark({ outcome, status = 0 }: { outcome: Outcome; status?: number }) {
  return (
    <span class={`outcome is-${outcome}`}>
      <Icon name={outcome} />
      {status > 0 && <span class="mono">{status}</span>}
      {(outcome !== 'ok' || status === 0) && <span>{outcomeWord[outcome]}</span>}
    </span>
  );
}
