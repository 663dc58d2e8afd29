// SPDX-License-Identifier: Apache-2.0
// The logs of the mock console: /api/logs, its live tail, and the lines of a trace, over planted
// events. Of the two languages it knows what the page's tests say.

const text = (value) => (typeof value === 'string' ? value : '');
const isObject = (value) => value && typeof value === 'object' && !Array.isArray(value);
const object = (value) => (isObject(value) ? value : {});

function lineOf({ group, stream, time, message }, id) {
  let parsed = {};
  try {
    parsed = object(JSON.parse(message));
  } catch {
    // Not JSON: a line of text.
  }
  return {
    id: String(id), time: Math.round(time * 1000) / 1000, group, stream,
    level: text(parsed.level), message: text(parsed.message) || message,
    service: text(parsed.service), logger: text(parsed.logger),
    request_id: text(parsed.request_id), tenant: text(parsed.tenant_id),
    user: text(parsed.user_id), trace_id: text(parsed.trace_id), span_id: text(parsed.span_id),
    fields: object(parsed.fields), raw: message,
  };
}

class Mistake extends Error {
  constructor(message, position) {
    super(message);
    this.position = position;
  }
}

const bytes = (query, index) => Buffer.byteLength(query.slice(0, index));

/// `{ $.a = "b" && … }`, or words with phrases and exclusions.
function patternOf(query) {
  const quotes = [...query.matchAll(/(?<!\\)"/g)];
  if (quotes.length % 2 === 1) {
    throw new Mistake('This quote is never closed.', bytes(query, quotes.at(-1).index));
  }
  const json = /^\s*\{(.*)\}\s*$/s.exec(query);
  if (json) {
    const wanted = json[1].split('&&').map((one) => {
      const match = /^\s*\$\.([\w.]+)\s*=\s*("(?:[^"\\]|\\.)*")\s*$/.exec(one);
      const at = bytes(query, query.indexOf(one));
      if (!match) throw new Mistake('A comparison is wanted here.', at);
      return [match[1], JSON.parse(match[2])];
    });
    return ({ raw }) => {
      try {
        const value = JSON.parse(raw);
        return wanted.every(([key, is]) => value[key] === is);
      } catch {
        return false;
      }
    };
  }
  const words = [...query.matchAll(/(-?)(?:"([^"]*)"|(\S+))/g)].map((match) => {
    const [, minus, phrase, word] = match;
    const wrong = phrase === undefined ? /\W/.exec(word) : null;
    if (wrong) {
      throw new Mistake('this character is not allowed in a term; put the term in double quotes',
        bytes(query, match.index + minus.length + wrong.index));
    }
    return { excluded: minus === '-', word: phrase ?? word };
  });
  return ({ raw }) => words.every(({ word, excluded }) => raw.includes(word) !== excluded);
}

/// Words that only begin like a command stay words.
const isInsights = (query) => (query.includes('|')
  || /^\s*(fields|filter|stats|sort|limit|parse|display|dedup)\b/i.test(query))
  && !/^limit [a-z]+$/.test(query);

/// `fields a, b` and `stats count(*) by a`; nothing else.
function tableOf(query, lines) {
  const value = (line, name) => ({ '@timestamp': String(line.time), '@message': line.raw,
    tenant_id: line.tenant })[name] ?? String(line[name] ?? line.fields[name] ?? '');
  const stats = /^\s*stats\s+count\(\*\)\s+by\s+(\w+)\s*$/.exec(query);
  const told = (columns, rows) =>
    ({ columns, rows, scanned: lines.length, matched: lines.length });
  if (stats) {
    const counts = new Map();
    for (const line of lines) {
      const key = value(line, stats[1]);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    return told([stats[1], 'count(*)'], [...counts].map(([key, count]) => [key, String(count)]));
  }
  const fields = /^\s*fields\s+([@\w.]+(?:\s*,\s*[@\w.]+)*)\s*$/.exec(query);
  if (!fields) {
    const at = Math.max(0, query.search(/\|\s*\w*$/));
    throw new Mistake('This is no command of Insights.', bytes(query, at));
  }
  const columns = fields[1].split(/\s*,\s*/);
  return told([...columns, '@ptr'],
    lines.map((line) => [...columns.map((name) => value(line, name)), line.id]));
}

const filterNames = ['level', 'service', 'tenant', 'group'];

function filterOf(parameters) {
  const query = parameters.get('q') ?? '';
  const matches = isInsights(query) ? () => true : patternOf(query);
  const trace = parameters.get('trace') ?? '';
  const minutes = Number(parameters.get('minutes') ?? 0);
  return (line) => filterNames.every((name) => {
    const wanted = parameters.get(name) ?? '';
    return wanted === '' || line[name] === wanted;
  }) && (trace === '' || line.trace_id === trace)
    && (minutes === 0 || line.time >= Date.now() / 1000 - minutes * 60) && matches(line);
}

function facetOf(lines, name) {
  const counts = new Map();
  for (const line of lines) {
    if (line[name] !== '') counts.set(line[name], (counts.get(line[name]) ?? 0) + 1);
  }
  return [...counts].map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}

/// Lines that wait for one reader; more than this, and it must start over.
const mostPending = 1000;

export class MockLogs {
  lines = [];
  readers = new Set();
  deleted = 0;
  /// How many more readings fail, as those of a busy console do.
  failures = 0;
  #sequence = 0;

  add(events) {
    for (const one of events) {
      const line = lineOf(one, (this.#sequence += 1));
      this.lines.push(line);
      for (const reader of this.readers) {
        if (reader.matches(line)) reader.pending.push(line);
      }
    }
  }

  reset() {
    this.deleted += this.lines.length;
    this.lines = [];
    for (const reader of this.readers) {
      reader.pending = [];
      reader.response.write('event: reset\ndata: {}\n\n');
    }
  }

  /// Every line from here on will come. Tests hold it back, as a busy console does.
  greet({ response }) {
    response.write('event: ready\ndata: {}\n\n');
  }

  status() {
    return { events: this.lines.length, loaded: 0, received: this.#sequence, evicted: 0, expired: 0,
      deleted: this.deleted, failed: 0, bytes: 1000 * this.lines.length, max_bytes: 268435456,
      groups: 2, streams: 2 };
  }

  /// Four times a second, 200 lines at most.
  flush() {
    for (const reader of this.readers) {
      if (reader.pending.length > mostPending) {
        reader.pending = [];
        reader.response.write('event: reset\ndata: {}\n\n');
      }
      const lines = reader.pending.splice(0, 200);
      if (lines.length === 0) continue;
      reader.response.write(`event: lines\ndata: ${JSON.stringify({ lines })}\n\n`);
    }
  }

  list(parameters) {
    const query = parameters.get('q') ?? '';
    const matches = filterOf(parameters);
    const found = this.lines.filter(matches)
      .sort((a, b) => b.time - a.time || Number(b.id) - Number(a.id));
    const limit = Number(parameters.get('limit') ?? 100);
    if (isInsights(query)) {
      const table = tableOf(query, found);
      return { ...table, rows: table.rows.slice(0, limit), more: table.rows.length > limit };
    }
    const before = parameters.get('before');
    const from = before === null ? 0 : found.findIndex(({ id }) => id === before) + 1;
    const lines = found.slice(from, from + limit);
    const facets = { level: facetOf(found, 'level'), service: facetOf(found, 'service'),
      tenant: facetOf(found, 'tenant') };
    const next = from + limit < found.length ? lines.at(-1).id : null;
    return { lines, next, facets, scanned: this.lines.length };
  }

  ofTrace(id) {
    const found = this.lines.filter((line) => line.trace_id === id)
      .sort((a, b) => a.time - b.time || Number(a.id) - Number(b.id));
    return { lines: found.slice(0, 1000), more: found.length > 1000 };
  }

  events(parameters, response) {
    const reader = { response, matches: filterOf(parameters), pending: [] };
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': hello\n\n');
    this.readers.add(reader);
    this.greet(reader);
    response.on('close', () => this.readers.delete(reader));
  }
}

export { Mistake };
