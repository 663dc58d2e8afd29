// SPDX-License-Identifier: Apache-2.0
// Planted traces: X-Ray documents as a service, or an enemy, would send them.

let sequence = 0;

const hex = (value, width) => value.toString(16).padStart(width, '0');

export function spanId() {
  return hex((sequence += 1), 16);
}

export function traceId(start) {
  return `1-${hex(Math.floor(start), 8)}-${hex((sequence += 1), 24)}`;
}

const url = (path) => `http://127.0.0.1:8080${path}`;

function http(method, path, status) {
  return { request: { method, url: url(path), user_agent: 'curl/7.88.1' }, response: { status } };
}

function flagsOf(status) {
  if (status === 429) return { error: true, throttle: true };
  if (status >= 500) return { fault: true };
  return status >= 400 ? { error: true } : {};
}

/// A charge as the example service records it, with children and, if asked, a failure.
export function charge({ start, status = 201, tenant = 'acme', duration = 0.042, message = '' }) {
  const trace_id = traceId(start);
  const flags = flagsOf(status);
  const at = (share) => start + duration * share;
  const exception = {
    id: spanId(),
    type: 'aloft::Timeout',
    message: message || 'fraud timed out after 800 ms',
    stack: [
      { path: 'examples/payments/fraud.cpp', line: 88, label: 'payments::Fraud::check' },
      { path: 'examples/payments/charges.cpp', line: 141, label: 'payments::create_charge' },
      { path: 'src/http/router.cpp', line: 203, label: 'aloft::http::Router::dispatch' },
    ],
  };
  const root = { id: spanId(), type: 'std::system_error', message: 'Connection timed out' };
  const chain = { exceptions: [{ ...exception, cause: root.id }, root] };
  const failed = status >= 500;
  const fraud = {
    id: spanId(),
    name: 'fraud',
    namespace: 'remote',
    start_time: at(0.3),
    end_time: at(0.8),
    http: http('POST', '/score', failed ? 504 : 200),
    ...(failed ? { fault: true, cause: chain } : {}),
  };
  return [{
    name: 'payments',
    id: spanId(),
    trace_id,
    start_time: start,
    end_time: at(1),
    http: http('POST', '/v1/charges', status),
    ...flags,
    ...(failed ? { cause: exception.id } : {}),
    service: { version: '0.1.0', runtime: 'C++' },
    annotations: { tenant_id: tenant, request_id: `req-${sequence}`, user_id: 'u-17' },
    metadata: { payments: { amount_minor: 4200, currency: 'USD', tries: [1, 2, { wait: 12.5 }] } },
    subsegments: [
      { id: spanId(), name: 'validate', start_time: at(0.02), end_time: at(0.1) },
      {
        id: spanId(),
        name: 'DynamoDB.PutItem',
        namespace: 'aws',
        start_time: at(0.12),
        end_time: at(0.28),
        aws: { operation: 'PutItem', table_name: 'charges', region: 'eu-west-1' },
      },
      fraud,
      {
        id: spanId(),
        name: 'ledger@db',
        start_time: at(0.82),
        end_time: at(0.96),
        sql: {
          sanitized_query: 'INSERT INTO entries VALUES (?, ?, ?)',
          database_type: 'PostgreSQL',
        },
        subsegments: [
          { id: spanId(), name: 'acquire connection', start_time: at(0.83), end_time: at(0.86) },
        ],
      },
    ],
  }, {
    name: 'fraud',
    id: spanId(),
    trace_id,
    parent_id: fraud.id,
    start_time: at(0.34),
    end_time: at(0.78),
    http: http('POST', '/score', failed ? 504 : 200),
    ...(failed ? { fault: true } : {}),
    subsegments: [
      { id: spanId(), name: 'features', start_time: at(0.36), end_time: at(0.52) },
      { id: spanId(), name: 'model', start_time: at(0.53), end_time: at(0.76) },
    ],
  }];
}

/// One charge through three services; `fraudClock` is what the clock of one host is wrong by.
export function system({ start, status = 201, tenant = 'acme', duration = 0.12, fraudClock = 0 }) {
  const trace_id = traceId(start);
  const failed = status >= 500;
  const at = (share, clock = 0) => start + duration * share + clock;
  const call = (name, from, to, path, code, more = {}) => ({ id: spanId(), name,
    namespace: 'remote', start_time: at(from), end_time: at(to), http: http('POST', path, code),
    ...more });
  const reason = { exceptions: [{ id: spanId(), type: 'aloft::Timeout',
    message: 'fraud timed out after 800 ms' }] };
  const fraud = call('fraud', 0.1, 0.6, '/score', failed ? 0 : 200,
    failed ? { fault: true, cause: reason } : {});
  const ledger = call('ledger', 0.62, 0.95, '/entries', 201);
  const segment = (name, caller, from, to, clock, more) => ({ name, id: spanId(), trace_id,
    ...(caller ? { parent_id: caller.id } : {}),
    start_time: at(from, clock), end_time: at(to, clock), ...more });
  return [
    segment('payments', null, 0, 1, 0, { http: http('POST', '/v1/charges', status),
      ...flagsOf(status), annotations: { tenant_id: tenant },
      subsegments: failed ? [fraud] : [fraud, ledger] }),
    segment('fraud', fraud, 0.12, 0.58, fraudClock, { http: http('POST', '/score', 200),
      subsegments: [{ id: spanId(), name: 'model', start_time: at(0.2, fraudClock),
        end_time: at(0.5, fraudClock) }] }),
    ...(failed ? [] : [segment('ledger', ledger, 0.65, 0.93, 0, {
      http: http('POST', '/entries', 201),
      subsegments: [{ id: spanId(), name: 'INSERT entries', namespace: 'remote',
        start_time: at(0.7), end_time: at(0.9), sql: { sanitized_query: 'INSERT INTO entries',
          database_type: 'SQLite' } }] })]),
  ];
}

/// A trace whose second host is an hour ahead.
export function skewed({ start }) {
  return system({ start, fraudClock: 3600 });
}

/// Still running, and its root has not arrived.
export function unfinished({ start }) {
  const trace_id = traceId(start);
  return [{
    name: 'payments',
    id: spanId(),
    trace_id,
    start_time: start,
    in_progress: true,
    http: { request: { method: 'GET', url: url('/v1/charges') } },
    annotations: { tenant_id: 'initech' },
  }, {
    name: 'late child',
    id: spanId(),
    trace_id,
    parent_id: 'feedfacefeedface',
    type: 'subsegment',
    start_time: start + 0.01,
    end_time: start + 0.02,
  }];
}

export const markup = '<img src=x onerror="window.broken=1">';

/// Everything that a name can do to a page.
export function hostile({ start }) {
  const trace_id = traceId(start);
  const name = (text) => ({ id: spanId(), name: text, start_time: start, end_time: start + 0.5 });
  return [{
    ...name(markup),
    trace_id,
    fault: true,
    http: {
      request: { method: 'GET', url: `http://evil/${markup}` },
      response: { status: 500 },
    },
    cause: {
      exceptions: [{ id: spanId(), type: markup, message: `</script>${markup}\u202egnp.exe`,
        stack: [{ path: markup, line: 1, label: markup }] }],
    },
    annotations: { tenant_id: `\u202e${markup}`, [markup]: markup },
    metadata: { [markup]: { __proto__key: markup, deep: nest(100) } },
    subsegments: [
      name('safe\u202eexe.gnp'),
      name('nul\u0000byte'),
      name('👩‍👩‍👧‍👦 family 🎉'),
      name('long '.repeat(40)),
      name('zalgo Z̷̢̛a̵͎͝l̴̢͝g̸̘̈o̷͍͠'),
      name(''),
      { ...name('times'), start_time: 'soon', end_time: null },
      { ...name('backwards'), start_time: start + 0.4, end_time: start + 0.1 },
      'not an object',
      null,
    ],
  }, {
    // Two that call each other their parent.
    ...name('circle a'), id: 'aaaaaaaaaaaaaaaa', parent_id: 'bbbbbbbbbbbbbbbb', trace_id,
    type: 'subsegment',
  }, {
    ...name('circle b'), id: 'bbbbbbbbbbbbbbbb', parent_id: 'aaaaaaaaaaaaaaaa', trace_id,
    type: 'subsegment',
  }];
}

function nest(depth) {
  let value = { end: true };
  for (let level = 0; level < depth; level += 1) value = { level: value };
  return value;
}

/// Ten thousand spans in documents of at most 100 subsegments, one of them faulty.
export function huge({ start, count = 10_000 }) {
  const trace_id = traceId(start);
  const rootId = spanId();
  const documents = [{
    name: 'batch',
    id: rootId,
    trace_id,
    start_time: start,
    end_time: start + 10,
    http: http('POST', '/v1/import', 200),
    annotations: { tenant_id: 'globex' },
  }];
  const groups = Math.ceil((count - 1) / 100);
  for (let group = 0; group < groups; group += 1) {
    const from = start + (10 * group) / groups;
    const step = 10 / groups / 100;
    const size = Math.min(99, count - 2 - group * 100);
    documents.push({
      name: `chunk ${group}`,
      id: spanId(),
      trace_id,
      parent_id: rootId,
      type: 'subsegment',
      start_time: from,
      end_time: from + step * 100,
      subsegments: Array.from({ length: size }, (_, index) => ({
        id: spanId(),
        name: `row ${group}.${index}`,
        start_time: from + step * index,
        end_time: from + step * (index + 1),
        ...(group === 50 && index === 7 ? { fault: true } : {}),
      })),
    });
  }
  return documents;
}
