// SPDX-License-Identifier: Apache-2.0
// A console, a browser and pages for the tests.
//
// The console is the mock, or, when ALOFT_CONSOLE_URL and ALOFT_CONSOLE_UDP (host:port) are set, a
// real one that gets its documents as real datagrams. Tests that need a bad day skip there.

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { mkdirSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { MockConsole } from './mock_server.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const pageFolder = join(here, '..', '..', '..', 'src', 'console', 'page');
const require = createRequire(join(pageFolder, 'package.json'));
const { chromium } = require('playwright-core');

export const axeSource = require.resolve('axe-core/axe.min.js');
export const isReal = Boolean(process.env.ALOFT_CONSOLE_URL);
export const mockOnly = isReal ? 'only the mock has such a day' : false;

let shots = process.env.ALOFT_SCREENSHOTS;

/// Where screenshots go: ALOFT_SCREENSHOTS, or a fresh temporary folder.
export function shotPath(name) {
  shots ??= mkdtempSync(join(tmpdir(), 'aloft-page-shots-'));
  mkdirSync(shots, { recursive: true });
  return join(shots, `${name}.png`);
}

class RealConsole {
  url = process.env.ALOFT_CONSOLE_URL.replace(/\/$/, '');
  #socket = createSocket('udp4').unref();

  async add(documents) {
    const [host, port] = (process.env.ALOFT_CONSOLE_UDP ?? '127.0.0.1:2000').split(':');
    for (const [index, document] of documents.entries()) {
      const datagram = `{"format":"json","version":1}\n${JSON.stringify(document)}`;
      await new Promise((done, fail) =>
        this.#socket.send(datagram, Number(port), host, (error) => (error ? fail(error) : done())));
      // A receive buffer of the kernel's default size holds about sixteen of the largest ones.
      if (index % 8 === 7) await new Promise((done) => setTimeout(done, 5));
    }
    return documents[0].trace_id;
  }

  /// As any client of CloudWatch Logs does; the console wants a signature, and believes any.
  async addLines(events) {
    const streams = new Map();
    for (const one of events) {
      const name = `${one.group}\n${one.stream}`;
      streams.set(name, [...(streams.get(name) ?? []), one]);
    }
    for (const [name, of] of streams) {
      const [logGroupName, logStreamName] = name.split('\n');
      await this.#logs('CreateLogGroup', { logGroupName });
      await this.#logs('CreateLogStream', { logGroupName, logStreamName });
      const logEvents = of.map(({ time, message }) =>
        ({ timestamp: Math.round(time * 1000), message }))
        .sort((a, b) => a.timestamp - b.timestamp);
      const answer = await this.#logs('PutLogEvents', { logGroupName, logStreamName, logEvents });
      assert.equal(answer.status, 200, JSON.stringify(answer.value));
    }
  }

  async #logs(operation, input) {
    const udp = process.env.ALOFT_CONSOLE_UDP ?? '127.0.0.1:2000';
    const answer = await fetch(`http://${udp}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': `Logs_20140328.${operation}`,
        authorization: 'AWS4-HMAC-SHA256 Credential=any/20261127/eu-west-1/logs/aws4_request, '
          + `SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}` },
      body: JSON.stringify(input),
    });
    return { status: answer.status, value: await answer.json().catch(() => ({})) };
  }

  async forget() {
    const headers = { 'x-requested-with': 'aloft' };
    for (const what of ['traces', 'logs']) {
      const answer = await fetch(`${this.url}/api/${what}`, { method: 'DELETE', headers });
      assert.equal(answer.status, 204);
    }
  }

  close() {
    this.#socket.close();
  }
}

class TestConsole {
  mock = new MockConsole();

  async open() {
    this.url = await this.mock.listen();
    return this;
  }

  async add(documents) {
    return this.mock.add(documents);
  }

  async addLines(events) {
    this.mock.logs.add(events);
  }

  async forget() {
    this.mock.reset();
  }

  async close() {
    await this.mock.close();
  }
}

export async function openConsole() {
  const console = isReal ? new RealConsole() : await new TestConsole().open();
  await console.forget();
  return console;
}

export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.ALOFT_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

export const desktop = { width: 1280, height: 800 };
export const phone = { width: 375, height: 760 };

/// A page of its own profile. Whatever it complains of ends up in page.problems: script errors,
/// broken policies; not the requests that fail because a test made them fail.
export async function openPage(browser, { size = desktop, scheme = 'light' } = {}) {
  const context = await browser.newContext({
    viewport: size,
    colorScheme: scheme,
    hasTouch: size.width < 500,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  page.setDefaultTimeout(5000);
  page.problems = [];
  page.on('pageerror', (error) => page.problems.push(String(error)));
  page.on('console', (message) => {
    const text = message.text();
    const expected = text.startsWith('Failed to load resource');
    if (message.type() === 'error' && !expected) page.problems.push(text);
  });
  return page;
}

export async function closePage(page) {
  await page.context().close();
  assert.deepEqual(page.problems, []);
}

/// Reads until it is what is wanted, or matches it: what a key, a click or a document changes is on
/// screen a frame or two later.
export async function becomes(page, read, wanted) {
  const isIt = (got) =>
    (wanted instanceof RegExp ? wanted.test(got) : isDeepStrictEqual(got, wanted));
  const end = Date.now() + 5000;
  let got = await read();
  while (!isIt(got) && Date.now() < end) {
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    got = await read();
  }
  if (wanted instanceof RegExp) assert.match(got, wanted);
  else assert.deepEqual(got, wanted);
}

export const now = () => Date.now() / 1000;

/// Texts of the rows in sight, top first.
export async function rowTexts(page) {
  const rows = await page.locator('.row').evaluateAll((elements) => elements.map((element) => ({
    top: element.getBoundingClientRect().top,
    text: element.innerText.replace(/\s+/g, ' ').trim(),
  })));
  return rows.sort((a, b) => a.top - b.top).map((row) => row.text);
}

/// The console counts durations in steps of 4 %.
export function assertNear(told, expected) {
  assert.ok(Math.abs(Number(told) / expected - 1) < 0.03, `${told} instead of ${expected}`);
}

/// Text as it is read, whatever lines and columns it stands in.
export const inOneLine = (text) => text.replace(/[ \n\t]+/g, ' ').trim();

/// The list; the first page is the overview.
export const list = '/#xray:traces';

/// The Logs room.
export const logs = '/#logsV2:logs-insights';

export function traceLink(id, spanId = '') {
  return `/#xray:traces/${id}${spanId ? `?span=${spanId}` : ''}`;
}

/// How much of the first canvas that matches is painted: count of pixels that are not clear, and
/// a sum that changes with what is drawn.
export function inkOf(page, selector) {
  return page.locator(selector).first().evaluate((canvas) => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    let pixels = 0;
    let sum = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at + 3] === 0) continue;
      pixels += 1;
      sum = (sum * 31 + data[at] + 7 * data[at + 1] + 13 * data[at + 2]) % 1000003;
    }
    return { pixels, sum };
  });
}
