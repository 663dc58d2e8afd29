// SPDX-License-Identifier: Apache-2.0
// One sentence for each thing that is wrong, the most harmful first.

import { useState } from 'preact/hooks';
import { formatAgo, formatCount, formatShare, formatSpan, formatTime, visible } from '../format';
import { linkTo } from '../route';
import { now } from '../state';
import type { Overview, Problem } from '../types';
import { Icon } from './icons';

/// Sentences before the rest is folded: what a person takes in at once.
const shownAtOnce = 3;
/// A problem that has been silent for longer than this may be over, and the sentence says so.
const silentSeconds = 20;

const kindWords: Record<Problem['kind'], string> = {
  fault: 'fault',
  error: 'error',
  throttle: 'throttled',
  slow: 'slow',
};

/// Longer names stand in the sentences below; a headline must be read at a glance.
const longestName = 24;

/// Kept apart from the words around it, whichever way its script runs.
const isolated = (name: string): string => `\u2068${visible(name)}\u2069`;

export function verdict({ problems, stats }: Overview): string {
  if (stats.requests === 0) return 'Quiet: no requests came in.';
  if (problems.length === 0) return 'Nothing is wrong.';
  const tenants = new Set(problems.map(({ tenant }) => tenant).filter((tenant) => tenant !== ''));
  const count = problems.length;
  const things = count === 1 ? 'One thing is wrong' : `${count} things are wrong`;
  if (tenants.size === 0) return `${things}.`;
  const long = [...tenants].some((name) => name.length > longestName);
  if (tenants.size > 2 || long) {
    return `${things}, for ${tenants.size === 1 ? 'one tenant' : `${tenants.size} tenants`}.`;
  }
  return `${things}, for ${[...tenants].map(isolated).join(' and ')}.`;
}

export function verdictTone({ problems, stats }: Overview): 'quiet' | 'ok' | 'fault' | 'error' {
  if (stats.requests === 0) return 'quiet';
  if (problems.length === 0) return 'ok';
  return problems.some(({ kind }) => kind === 'fault') ? 'fault' : 'error';
}

/// "globex · POST /v1/charges · 503 · …", as parts, so that the page can weigh them.
function partsOf(problem: Problem): [string, string][] {
  const { tenant, service, method, route, status, reason } = problem;
  const parts: [string, string][] = [
    ['who', visible(tenant) || visible(service) || '(no tenant)'],
    ['what', visible(`${method} ${route}`.trim()) || visible(service)],
    ['status mono', status > 0 ? String(status) : ''],
    ['why', visible(reason)],
  ];
  return parts.filter(([, words]) => words !== '');
}

const problemKey = (one: Problem): string =>
  [one.tenant, one.service, one.method, one.route, one.status, one.culprit].join('\n');

function Sentence({ problem }: { problem: Problem }) {
  const { kind, count, of, first, last, trace, q } = problem;
  const silent = now.value - last;
  return (
    <li class={`problem is-${kind}`}>
      <Icon name={kind} />
      <p>
        <span class="offscreen">{kindWords[kind]}: </span>
        <a
          class="problem-link"
          href={linkTo({ room: 'trace', traceId: trace })}
          title={`${visible(problem.service)}: the newest such trace`}
        >
          {partsOf(problem).map(([role, words], at) => (
            <span key={role}>
              {at > 0 && ' · '}
              <bdi class={`problem-${role}`}>{words}</bdi>
            </span>
          ))}
        </a>
        {' · '}
        <a
          class="problem-count mono"
          href={linkTo({ room: 'list', query: q })}
          title={`${formatShare(count, of)}: list them`}
        >
          {formatCount(count)} of {formatCount(of)}
        </a>{' '}
        requests
        <span class="aside" title={`First ${formatTime(first)}, last ${formatTime(last)}`}>
          {' · '}since <span class="mono">{formatSpan(now.value - first)}</span>
          {silent > silentSeconds && (
            <>
              , last <span class="mono">{formatAgo(silent)}</span>
            </>
          )}
        </span>
      </p>
    </li>
  );
}

export function Problems({ overview }: { overview: Overview }) {
  const [all, setAll] = useState(false);
  const { problems } = overview;
  if (problems.length === 0) return null;
  const folded = problems.length - shownAtOnce;
  const shown = all ? problems : problems.slice(0, shownAtOnce);
  return (
    <section class="problems" aria-label="What is wrong">
      <ul>
        {shown.map((problem) => (
          <Sentence key={problemKey(problem)} problem={problem} />
        ))}
      </ul>
      {folded > 0 && (
        <button type="button" aria-expanded={all} onClick={() => setAll(!all)}>
          <Icon name={all ? 'open' : 'closed'} />
          {all ? 'Less' : `${folded} more`}
        </button>
      )}
    </section>
  );
}
