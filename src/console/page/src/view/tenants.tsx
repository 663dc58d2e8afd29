// SPDX-License-Identifier: Apache-2.0
// How each tenant fares, and what its traces would cost at list price.

import { useState } from 'preact/hooks';
import { formatCount, formatDuration, formatShare, formatUsd, visible } from '../format';
import { judge } from '../map/health';
import { linkTo } from '../route';
import { searchWord } from '../search';
import type { Overview, TenantStats } from '../types';
import { Icon } from './icons';

const shownAtOnce = 8;

/// Those with faults first, then by name: rows do not swap places with every figure.
function inOrder(tenants: readonly TenantStats[]): TenantStats[] {
  const fails = (one: TenantStats): number => (judge(one).health === 'fault' ? 0 : 1);
  return tenants.slice().sort((a, b) =>
    fails(a) - fails(b) || (a.tenant < b.tenant ? -1 : a.tenant > b.tenant ? 1 : 0));
}

/// A bar of both kinds of failure, and the share in words.
export function FailedShare({ stats }: { stats: TenantStats }) {
  const { requests, fault, error } = stats;
  const percent = (count: number): string =>
    `${requests > 0 && count > 0 ? Math.max(4, (100 * count) / requests) : 0}%`;
  return (
    <span class="failed-share" title={`${fault} faults, ${error} errors`}>
      <span class="bar" aria-hidden="true">
        <span class="bar-fill is-fault" style={{ width: percent(fault) }} />
        <span class="bar-fill is-error" style={{ width: percent(error) }} />
      </span>
      <span class={`mono ${fault > 0 ? 'is-fault' : error > 0 ? 'is-error' : ''}`}>
        {fault + error > 0 && <Icon name={fault > 0 ? 'fault' : 'error'} />}
        {formatShare(fault + error, requests)}
      </span>
    </span>
  );
}

function Row({ stats }: { stats: TenantStats }) {
  const { tenant, requests, p99, traces_cost_usd: cost } = stats;
  return (
    <tr>
      <th scope="row">
        {tenant === '' ? (
          <span class="aside">(no tenant)</span>
        ) : (
          <a href={linkTo({ room: 'list', query: searchWord(tenant) })}>
            <bdi>{visible(tenant)}</bdi>
          </a>
        )}
      </th>
      <td class="mono">{formatCount(requests)}</td>
      <td>
        <FailedShare stats={stats} />
      </td>
      <td class="mono">{requests > 0 ? formatDuration(p99) : '–'}</td>
      <td class="mono">{formatUsd(cost)}</td>
    </tr>
  );
}

export function Tenants({ overview }: { overview: Overview }) {
  const [all, setAll] = useState(false);
  const tenants = inOrder(overview.tenants);
  if (tenants.length === 0) return null;
  const folded = tenants.length - shownAtOnce;
  return (
    <section class="card card-tenants" aria-labelledby="card-tenants">
      <h2 id="card-tenants">
        Tenants <span class="aside">last {overview.minutes} minutes</span>
      </h2>
      <table class="tenants">
        <thead>
          <tr>
            <th scope="col">Tenant</th>
            <th scope="col">Requests</th>
            <th scope="col">Failed</th>
            <th scope="col">p99</th>
            <th scope="col">
              <abbr title="What recording these traces costs at AWS list price">Trace cost</abbr>
            </th>
          </tr>
        </thead>
        <tbody>
          {(all ? tenants : tenants.slice(0, shownAtOnce)).map((stats) => (
            <Row key={stats.tenant} stats={stats} />
          ))}
        </tbody>
      </table>
      {folded > 0 && (
        <button type="button" aria-expanded={all} onClick={() => setAll(!all)}>
          <Icon name={all ? 'open' : 'closed'} />
          {all ? 'Less' : `${folded} more tenants`}
        </button>
      )}
    </section>
  );
}
