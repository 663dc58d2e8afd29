// SPDX-License-Identifier: Apache-2.0
// Planted log events: lines as Aloft writes them, as others do, and as an enemy would.

import { markup } from './traces.mjs';

let sequence = 0;

/// One event of a log stream, as PutLogEvents takes it. `message` is the whole text.
export function event({ service = 'payments', time, message }) {
  return { group: `/aloft/${service}`, stream: '2026/11/27/test/1', time, message };
}

/// A line of JSON as include/aloft/telemetry/format/log_line.hpp describes it.
export function line({ time, level = 'INFO', message = 'charge accepted', service = 'payments',
  logger = 'charges', tenant = 'acme', request = '', trace = '', span = '', fields }) {
  sequence += 1;
  const text = {
    timestamp: new Date(time * 1000).toISOString().replace('Z', '000Z'),
    level, message, service, logger,
    ...(request === '' ? {} : { request_id: request }),
    ...(tenant === '' ? {} : { tenant_id: tenant }),
    ...(trace === '' ? {} : { trace_id: trace }),
    ...(span === '' ? {} : { span_id: span }),
    ...(fields ? { fields } : {}),
    id: `77aa-${sequence}`,
  };
  return event({ service, time, message: JSON.stringify(text) });
}

/// The lines of a charge that failed: those of its request, in the spans of its two segments.
export function linesOfCharge(documents, { request = 'r-503', tenant = 'globex' } = {}) {
  const [payments, fraud] = documents;
  const { trace_id: trace, start_time: start } = payments;
  const call = payments.subsegments.find(({ name }) => name === 'fraud');
  const end = payments.end_time;
  const common = { tenant, request, trace };
  return [
    line({ ...common, time: start + 0.001, span: payments.id, level: 'DEBUG',
      message: 'request accepted', fields: { method: 'POST', route: '/v1/charges' } }),
    line({ ...common, time: start + 0.02, span: payments.id, message: 'charge begins',
      fields: { card: '[redacted:pan *1881]', email: '[redacted:email 2026-11/cfhpnbkoaiedgmlj]',
        amount_minor: 4200, currency: 'USD' } }),
    line({ ...common, time: fraud.start_time + 0.1, span: fraud.id, service: 'fraud',
      logger: 'model', level: 'WARN', message: 'model slow', fields: { waited: 0.412 } }),
    line({ ...common, time: end - 0.01, span: call.id, level: 'ERROR',
      message: 'fraud timed out after 800 ms',
      fields: { attempt: 2, error: { code: 'deadline_exceeded',
        message: 'no answer from fraud' } } }),
  ];
}

/// Texts that nobody wants to see as anything but text.
export function hostileLines(time) {
  return [
    line({ time, level: 'ERROR', message: `${markup} safe\u202eexe.gnp`, tenant: '<i>evil</i>',
      fields: { [markup]: markup, note: '[redacted:pan *<b>]',
        deep: { a: { b: [1, null, ''] } } } }),
    event({ time: time - 0.001, message: `plain ${markup} text\nin two lines` }),
    event({ time: time - 0.002, message: '{"level":7,"message":{"a":1},"fields":"none"}' }),
    event({ time: time - 0.003, message: '{"cut": "here' }),
  ];
}

/// A quiet afternoon of three services, newest last.
export function plantedLines(now, count = 60) {
  const messages = [
    ['INFO', 'charge accepted', 'payments', { charge_id: 'ch_17', took: 0.012 }],
    ['INFO', 'entry written', 'ledger', { entries: 2, rows: 14 }],
    ['WARN', 'issuer slow', 'payments', { card: '[redacted:pan *4242]', took: 1.2 }],
    ['DEBUG', 'cache hit', 'fraud', { key: 'score:u-17' }],
    ['ERROR', 'charge refused', 'payments', { status: 402, reason: 'insufficient funds',
      authorization: '[redacted:credential]' }],
    ['INFO', 'score told', 'fraud', { score: 0.17, customer: '[redacted:personal]' }],
  ];
  return Array.from({ length: count }, (_, at) => {
    const [level, message, service, fields] = messages[at % messages.length];
    return line({ time: now - count + at, level, message, service, fields,
      tenant: ['acme', 'globex', 'initech'][at % 3], request: `r-${at >> 1}` });
  });
}
