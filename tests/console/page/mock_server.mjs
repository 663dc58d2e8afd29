// SPDX-License-Identifier: Apache-2.0
// A console for the page's tests: docs/reference/console-api.md over planted traces, with the
// faults that a real one only shows on a bad day. Run by hand it serves a demo:
//   node tests/console/page/mock_server.mjs 8123

import { createServer } from 'node:http';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hostileLines, line, linesOfCharge, plantedLines } from './log_events.mjs';
import { Mistake, MockLogs } from './mock_logs.mjs';
import { overviewOf } from './mock_overview.mjs';
import { charge, hostile, huge, skewed, unfinished } from './traces.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, '..', '..', '..', 'src', 'console', 'page', 'dist');
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };
export const policy = "default-src 'none'; script-src 'self'; style-src 'self'; "
  + "connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
  + "frame-ancestors 'none'";

function* spansOf(documents) {
  const work = documents.slice();
  for (let next = work.pop(); next; next = work.pop()) {
    if (typeof next !== 'object') continue;
    yield next;
    if (Array.isArray(next.subsegments)) work.push(...next.subsegments.filter((one) => one));
  }
}

function summarise(id, documents, revision) {
  const spans = [...spansOf(documents)];
  const segments = documents.filter((one) => one.type !== 'subsegment');
  const first = segments.sort((a, b) => a.start_time - b.start_time)[0] ?? {};
  const some = (flag) => spans.some((span) => span[flag] === true);
  const times = spans.flatMap((span) => [span.start_time, span.end_time])
    .filter((time) => typeof time === 'number');
  const start = Math.min(...times);
  const exception = spans.map((span) => span.cause?.exceptions?.[0]).find((one) => one);
  const annotations = first.annotations ?? {};
  return {
    id, start, duration: Math.max(...times) - start,
    service: first.name ?? '', name: first.name ?? '',
    method: first.http?.request?.method ?? '', url: first.http?.request?.url ?? '',
    status: first.http?.response?.status ?? 0,
    fault: some('fault'), error: some('error'), throttle: some('throttle'),
    in_progress: [...new Map(documents.map((one) => [one.id, one])).values()]
      .some((one) => one.in_progress === true),
    error_text: exception?.message ?? '',
    tenant: annotations.tenant_id ?? '', user: annotations.user_id ?? '',
    request_id: annotations.request_id ?? '', annotations,
    services: [...new Set(segments.map((one) => one.name))],
    segments: segments.length, spans: spans.length, revision,
  };
}

function matches(summary, words) {
  const text = [summary.id, ...summary.services, summary.name, summary.method, summary.url,
    summary.status, summary.tenant, summary.user, summary.request_id, summary.error_text,
    ...Object.entries(summary.annotations).map(([key, value]) => `${key}=${value}`),
    ...['fault', 'error', 'throttle', 'in_progress'].filter((flag) => summary[flag]),
    summary.fault || summary.error || summary.throttle ? '' : 'ok'].join('\n').toLowerCase();
  return words.every(({ word, excluded }) => {
    const [, sign, seconds] = /^duration(>=|>|<=|<)([\d.]+)$/.exec(word) ?? [];
    if (!sign) return text.includes(word) !== excluded;
    const [duration, bound] = [summary.duration, Number(seconds)];
    const beyond = sign[0] === '>' ? duration > bound : duration < bound;
    return (beyond || (sign.length === 2 && duration === bound)) !== excluded;
  });
}

function parse(query) {
  const words = [...query.matchAll(/(-?)(?:"([^"]*)"|(\S+))/g)]
    .map(([, minus, phrase, word]) => ({ excluded: minus === '-', word: phrase ?? word }));
  return words.map(({ excluded, word }) => ({ excluded, word: word.toLowerCase() }));
}

export class MockConsole {
  traces = new Map();
  readers = new Set();
  logs = new MockLogs();
  token = '';
  revision = 0;
  requests = [];
  intake = { datagrams: 12345, bytes: 1000000, api_documents: 0, documents: 12300, duplicates: 44,
    rejected: { bad_header: 1 }, queued: 0, kernel_dropped: 0 };
  /// Told instead of what was counted, for days that cannot be planted.
  planted = null;
  #server;
  #timers = [];
  #standing;

  /// standing: keep the process alive, as a demo wants and a test does not.
  constructor({ standing = false } = {}) {
    this.#standing = standing;
  }

  async listen(port = 0) {
    this.#server = createServer((request, response) => this.#answer(request, response));
    await new Promise((done) => this.#server.listen(port, '127.0.0.1', done));
    this.port = this.#server.address().port;
    // A test that fails before it closes its console must not keep the process alive.
    if (!this.#standing) this.#server.unref();
    this.#timers = [setInterval(() => this.#flush(), 250),
      setInterval(() => this.logs.flush(), 250),
      setInterval(() => this.#send('status', () => this.status()), 2000),
      setInterval(() => this.#send('overview', () => this.overview(), ({ figures }) => figures),
        500)];
    this.#timers.forEach((timer) => timer.unref());
    return `http://127.0.0.1:${this.port}`;
  }

  /// Cuts every connection, as a killed process does. listen(port) brings it back.
  async close() {
    this.#timers.forEach(clearInterval);
    this.readers.clear();
    this.logs.readers.clear();
    const closed = new Promise((done) => this.#server.close(done));
    this.#server.closeAllConnections();
    await closed;
  }

  /// Takes documents of one trace, as the UDP intake would.
  add(documents) {
    const id = documents[0].trace_id;
    const known = this.traces.get(id)?.documents ?? [];
    const all = known.concat(documents);
    const summary = summarise(id, all, (this.revision += 1));
    this.traces.set(id, { documents: all, summary });
    for (const reader of this.readers) reader.pending.set(id, summary);
    return id;
  }

  reset() {
    this.traces.clear();
    this.#send('reset', () => ({}));
    this.logs.reset();
  }

  status() {
    return {
      version: '0.1.0', now: Date.now() / 1000, started: 1763812000,
      listen: { http: `127.0.0.1:${this.port}`, xray: '127.0.0.1:2000' },
      intake: this.intake,
      store: { kind: 'memory', traces: this.traces.size, segments: 9, bytes: 9_000_000,
        max_bytes: 268435456, evicted_traces: 0 },
      logs: this.logs.status(),
    };
  }

  overview(minutes = 5) {
    return this.planted ?? overviewOf([...this.traces.values()], Date.now() / 1000, minutes);
  }

  #send(event, value, wants = () => true) {
    for (const reader of this.readers) {
      if (!wants(reader)) continue;
      reader.response.write(`event: ${event}\ndata: ${JSON.stringify(value())}\n\n`);
    }
  }

  #flush() {
    for (const reader of this.readers) {
      const found = [...reader.pending.values()].filter((one) => matches(one, reader.words));
      reader.pending.clear();
      for (let at = 0; at < found.length; at += 200) {
        const data = JSON.stringify({ traces: found.slice(at, at + 200) });
        reader.response.write(`event: traces\ndata: ${data}\n\n`);
      }
    }
  }

  #answer(request, response) {
    const url = new URL(request.url, 'http://127.0.0.1');
    this.requests.push(`${request.method} ${request.url}`);
    if (!url.pathname.startsWith('/api')) return this.#file(url, response);
    const json = (status, value, type = 'application/json') => {
      response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
      response.end(JSON.stringify(value));
    };
    const problem = (status, detail, more = {}) =>
      json(status, { type: 'about:blank', title: detail, status, detail, ...more },
        'application/problem+json');
    if (this.token && !(request.headers.cookie ?? '').includes(`token=${this.token}`)) {
      return problem(401, 'The token is missing or wrong.');
    }
    if (url.pathname.startsWith('/api/logs')) {
      try {
        return this.#logs(request, url, response, json);
      } catch (error) {
        if (!(error instanceof Mistake)) throw error;
        return problem(400, error.message, { position: error.position });
      }
    }
    const query = url.searchParams.get('q') ?? '';
    const quotes = query.split('"').length - 1;
    if (quotes % 2 === 1) {
      const position = Buffer.byteLength(query.slice(0, query.lastIndexOf('"')));
      return problem(400, 'This quote is never closed.', { position });
    }
    if (url.pathname === '/api/status') return json(200, this.status());
    if (url.pathname === '/api/events') return this.#events(query, url.searchParams, response);
    const minutes = Number(url.searchParams.get('minutes') ?? 5);
    if (url.pathname === '/api/overview') return json(200, this.overview(minutes));
    if (url.pathname === '/api/map') return json(200, this.overview(minutes).map);
    if (url.pathname === '/api/traces' && request.method === 'DELETE') {
      response.writeHead(204).end();
      return this.reset();
    }
    if (url.pathname === '/api/traces') return json(200, this.#list(query, url.searchParams));
    const [, name = '', lines] = /^\/api\/traces\/(.*?)(\/logs)?$/.exec(url.pathname) ?? [];
    const id = decodeURIComponent(name);
    if (!/^1-[0-9a-f]{8}-[0-9a-f]{24}$/.test(id)) return problem(400, 'This is not a trace id.');
    if (lines) return json(200, this.logs.ofTrace(id));
    const trace = this.traces.get(id);
    if (!trace) return problem(404, 'No such trace.');
    return json(200, { summary: trace.summary, segments: trace.documents });
  }

  #logs(request, url, response, json) {
    if (url.pathname === '/api/logs/events') return this.logs.events(url.searchParams, response);
    if (request.method !== 'DELETE' && this.logs.failures > 0) {
      this.logs.failures -= 1;
      return json(503, { title: 'Busy', status: 503, detail: 'The console is busy.' });
    }
    if (request.method !== 'DELETE') return json(200, this.logs.list(url.searchParams));
    this.logs.reset();
    return response.writeHead(204).end();
  }

  #list(query, parameters) {
    const words = parse(query);
    const before = Number(parameters.get('before') ?? Infinity);
    const limit = Number(parameters.get('limit') ?? 100);
    const found = [...this.traces.values()].map((one) => one.summary)
      .filter((one) => matches(one, words) && one.start < before)
      .sort((a, b) => b.start - a.start);
    const traces = found.slice(0, limit);
    return { traces, next: found.length > limit ? String(traces.at(-1).start) : null };
  }

  #events(query, parameters, response) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': hello\n\n');
    const reader = { response, words: parse(query), pending: new Map(),
      figures: parameters.get('overview') === '1' };
    this.readers.add(reader);
    response.on('close', () => this.readers.delete(reader));
  }

  #file(url, response) {
    const name = url.pathname.slice(1);
    const file = readdirSync(dist).includes(name) ? name : 'index.html';
    const headers = { 'content-type': types[extname(file)], 'content-security-policy': policy,
      'x-content-type-options': 'nosniff' };
    const token = url.searchParams.get('token');
    if (token) headers['set-cookie'] = `token=${encodeURIComponent(token)}; HttpOnly; Path=/`;
    response.writeHead(200, headers);
    response.end(readFileSync(join(dist, file)));
  }
}

/// Traces of a quiet afternoon, newest last.
export function plantDemo(server, nowSeconds) {
  const ids = {};
  ids.huge = server.add(huge({ start: nowSeconds - 120 }));
  for (let index = 0; index < 36; index += 1) {
    const tenant = ['acme', 'globex', 'initech'][index % 3];
    const status = [201, 201, 201, 402, 201, 429, 201, 201, 404][index % 9];
    const duration = 0.004 * 1.18 ** index;
    server.add(charge({ start: nowSeconds - 90 + index, status, tenant, duration }));
  }
  ids.hostile = server.add(hostile({ start: nowSeconds - 40 }));
  ids.running = server.add(unfinished({ start: nowSeconds - 8 }));
  const fault = charge({ start: nowSeconds - 5, status: 503, tenant: 'globex', duration: 0.812 });
  ids.fault = server.add(fault);
  server.logs.add(plantedLines(nowSeconds - 60, 300));
  server.logs.add(hostileLines(nowSeconds - 40));
  server.logs.add(linesOfCharge(fault));
  ids.skewed = server.add(skewed({ start: nowSeconds - 4 }));
  ids.ok = server.add(charge({ start: nowSeconds - 3, status: 201, tenant: 'acme' }));
  return ids;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const server = new MockConsole({ standing: true });
  const base = await server.listen(Number(process.argv[2] ?? 0));
  plantDemo(server, Date.now() / 1000);
  setInterval(() => {
    const status = [201, 201, 201, 402, 503][server.revision % 5];
    server.add(charge({ start: Date.now() / 1000, status }));
    server.logs.add([line({ time: Date.now() / 1000, level: status === 503 ? 'ERROR' : 'INFO',
      message: status === 503 ? 'charge failed' : 'charge accepted', fields: { status } })]);
  }, 1500);
  process.stdout.write(`${base}\n`);
}
