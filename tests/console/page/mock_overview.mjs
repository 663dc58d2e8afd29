// SPDX-License-Identifier: Apache-2.0
// The figures of the mock console: GET /api/map and /api/overview, counted from its planted traces
// in the plainest way.

const round2 = (seconds) => Number(seconds.toPrecision(2));

/// Collects outcomes and durations; figures() tells them as the API does.
class Counter {
  times = [];
  counts = { ok: 0, error: 0, throttle: 0, fault: 0 };

  add(seconds, flags) {
    this.times.push(seconds);
    if (flags.throttle) this.counts.throttle += 1;
    this.counts[flags.fault ? 'fault' : flags.error || flags.throttle ? 'error' : 'ok'] += 1;
  }

  figures() {
    const times = this.times.sort((a, b) => a - b);
    const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
    return { requests: times.length, ...this.counts, p50: at(0.5), p99: at(0.99),
      max: times.at(-1) ?? 0 };
  }

  histogram() {
    const bins = new Map();
    for (const time of this.times) bins.set(round2(time), (bins.get(round2(time)) ?? 0) + 1);
    return [...bins].sort(([a], [b]) => a - b);
  }
}

const emptyFigures = new Counter().figures();
const length = (span) => Math.max(0, (span.end_time ?? span.start_time) - span.start_time) || 0;

/// Every span with the segment it is part of.
function* spansOf(documents) {
  for (const document of documents) {
    const work = [document];
    for (let span = work.pop(); span; span = work.pop()) {
      yield { span, segment: document };
      const inner = Array.isArray(span.subsegments) ? span.subsegments : [];
      work.push(...inner.filter((one) => one && typeof one === 'object'));
    }
  }
}

const isSegment = (document) => document.type !== 'subsegment';

/// What a span calls that sends nothing of its own.
function calleeKind(span) {
  if (span.sql) return 'database';
  if (span.namespace === 'aws') return 'aws';
  return span.namespace === 'remote' ? 'remote' : '';
}

/// Ids stay for the life of the process.
const ids = new Map();
function idOf(key) {
  if (!ids.has(key)) ids.set(key, ids.size + 1);
  return ids.get(key);
}

function entriesOf(map, key) {
  if (!map.has(key)) map.set(key, new Counter());
  return map.get(key);
}

export function mapOf(traces, start, end) {
  const nodes = new Map();
  const edges = new Map();
  const roots = new Set();
  const call = (from, to, span) =>
    entriesOf(edges, `${from}\n${to}`).add(length(span), span);
  for (const documents of traces) {
    const callers = new Map();
    for (const { span, segment } of spansOf(documents)) callers.set(span.id, segment);
    const called = new Set(documents.filter(isSegment).map((one) => one.parent_id));
    for (const segment of documents.filter(isSegment)) {
      const key = `service:${segment.name}`;
      entriesOf(nodes, key).add(length(segment), segment);
      if (callers.has(segment.parent_id)) continue;
      roots.add(key);
      entriesOf(nodes, 'client:clients').add(length(segment), segment);
      call('client:clients', key, segment);
    }
    for (const { span, segment } of spansOf(documents)) {
      const kind = span === segment ? '' : calleeKind(span);
      if (kind === '' || !isSegment(segment)) continue;
      const callee = documents.find((one) => isSegment(one) && one.parent_id === span.id);
      const to = callee ? `service:${callee.name}` : `${kind}:${span.name}`;
      if (!called.has(span.id)) entriesOf(nodes, to).add(length(span), span);
      call(`service:${segment.name}`, to, span);
    }
  }
  const told = [...nodes].map(([key, counter]) => {
    const [, kind, name] = /^(\w+):(.*)$/s.exec(key);
    return { id: idOf(key), name, kind, root: roots.has(key), ...counter.figures() };
  });
  return {
    start, end,
    nodes: told.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id - b.id)),
    edges: [...edges].map(([key, counter]) => {
      const [from, to] = key.split('\n').map(idOf);
      return { from, to, ...counter.figures(), histogram: counter.histogram() };
    }),
    truncated: false,
  };
}

const routeOf = (url) => /^[a-z]+:\/\/[^/]*(\/[^?]*)?/.exec(url)?.[1] ?? url;

/// The service that fails though nothing that it called does, in the trace's own words.
function culpritOf(documents) {
  const failed = [...spansOf(documents)].map(({ span }) => span).filter((span) => span.fault);
  const deepest = failed.at(-1) ?? documents[0];
  const message = failed.map((span) => span.cause?.exceptions?.[0]?.message).find((one) => one);
  const status = deepest.http?.response?.status;
  return { culprit: deepest.name, reason: message ?? `${deepest.name} answered ${status}` };
}

function problemsOf(entries) {
  const groups = new Map();
  const routes = new Map();
  for (const { documents, summary } of entries) {
    const where = [summary.tenant, summary.service, summary.method, routeOf(summary.url)];
    const route = where.join('\n');
    routes.set(route, (routes.get(route) ?? 0) + 1);
    const kind = summary.fault ? 'fault' : summary.throttle ? 'throttle'
      : summary.error ? 'error' : '';
    if (kind === '') continue;
    const cause = kind === 'fault' ? culpritOf(documents)
      : { culprit: summary.service, reason: `${summary.service} answered ${summary.status}` };
    const key = [route, summary.status, cause.culprit].join('\n');
    const known = groups.get(key);
    groups.set(key, {
      tenant: where[0], service: where[1], method: where[2], route: where[3],
      status: summary.status, ...cause, kind,
      count: (known?.count ?? 0) + 1, of: 0, where: route,
      first: Math.min(known?.first ?? Infinity, summary.start),
      last: Math.max(known?.last ?? 0, summary.start), trace: summary.id,
      q: `${where[0] || where[1]} ${kind}`,
    });
  }
  const order = ['fault', 'throttle', 'error'];
  return [...groups.values()]
    .map(({ where, ...problem }) => ({ ...problem, of: routes.get(where) }))
    .filter(({ kind, count, of }) => kind !== 'error' || count > of / 2)
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind)
      || b.count / b.of - a.count / a.of || b.count - a.count)
    .slice(0, 10);
}

function seriesOf(entries, start, end) {
  const step = 10;
  const first = Math.floor(start / step);
  const bins = Array.from({ length: Math.floor(end / step) - first + 1 }, () => new Counter());
  for (const { summary, seconds } of entries) {
    bins[Math.floor(summary.start / step) - first]?.add(seconds, summary);
  }
  return bins.map((bin, at) => ({ start: (first + at) * step, seconds: step, ...bin.figures() }));
}

/// entries: {documents, summary} of every trace, oldest first.
export function overviewOf(all, now, minutes = 5) {
  const start = now - minutes * 60;
  const entries = all.filter(({ summary }) => summary.start >= start)
    .map((entry) => ({ ...entry, seconds: length(entry.documents[0]) }))
    .sort((a, b) => a.summary.start - b.summary.start);
  const whole = new Counter();
  const tenants = new Map();
  const costs = new Map();
  for (const { summary, seconds } of entries) {
    whole.add(seconds, summary);
    entriesOf(tenants, summary.tenant).add(seconds, summary);
    costs.set(summary.tenant, (costs.get(summary.tenant) ?? 0) + 5e-6);
  }
  const count = (flag) => entries.filter(({ summary }) => summary[flag]).length;
  const slow = Math.max(1, whole.figures().p99);
  const word = `duration>=${round2(slow)}`;
  const problems = problemsOf(entries);
  const suffering = [...new Set(problems.map(({ tenant }) => tenant))].filter((one) => one);
  return {
    now, minutes, problems,
    stats: entries.length > 0 ? whole.figures() : emptyFigures,
    series: seriesOf(entries, start, now),
    tenants: [...tenants].map(([tenant, counter]) => ({ tenant, ...counter.figures(),
      traces_cost_usd: costs.get(tenant) })),
    searches: [
      { label: 'Faults', q: 'fault', count: count('fault') },
      { label: 'Errors', q: 'error', count: count('error') },
      { label: 'Throttles', q: 'throttle', count: count('throttle') },
      { label: 'Slow', q: word,
        count: entries.filter(({ summary }) => summary.duration >= round2(slow)).length },
      { label: 'In progress', q: 'in_progress', count: count('in_progress') },
      ...suffering.map((tenant) => ({ label: tenant, q: tenant,
        count: entries.filter(({ summary }) => summary.tenant === tenant).length })),
    ],
    map: mapOf(entries.map(({ documents }) => documents), start, now),
  };
}
