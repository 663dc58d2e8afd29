// SPDX-License-Identifier: Apache-2.0
// The first page in a real browser: what is wrong, for whom, since when, and whether it moves.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { assertNear, becomes, closePage, inOneLine, isReal, mockOnly, now, openBrowser, openConsole,
  openPage, phone } from './harness.mjs';
import { charge, hostile, markup, system } from './traces.mjs';

let browser;
let console_;
let page;

before(async () => {
  [browser, console_] = await Promise.all([openBrowser(), openConsole()]);
});
after(async () => {
  await browser.close();
  await console_.close();
});
beforeEach(async () => {
  await console_.forget();
  page = await openPage(browser);
});
afterEach(() => closePage(page));

const open = (fragment = '') => page.goto(`${console_.url}/${fragment}`);
/// Names in the headline are isolated from the words around them.
async function verdict(words) {
  await page.waitForFunction((wanted) => document.querySelector('.verdict')?.innerText
    .replace(/[\u2068\u2069]/g, '').includes(wanted), words);
}

const liveWord = (word) => page.locator('.live-word', { hasText: word }).waitFor();
const problems = () => page.locator('.problem').evaluateAll(
  (all) => all.map((one) => one.innerText.replace(/\s+/g, ' ').trim()));

/// Four of seven of globex fail; acme and initech do well.
async function plantTrouble() {
  for (let at = 0; at < 7; at += 1) {
    const start = now() - 30 + at;
    const status = at % 2 === 0 ? 503 : 201;
    await console_.add(system({ start, tenant: 'globex', status, duration: 0.81 }));
    await console_.add(system({ start, tenant: ['acme', 'initech'][at % 2] }));
  }
}

test('says what is wrong, for whom and since when, and leads to the trace and back', async () => {
  await plantTrouble();
  await open();
  await verdict('One thing is wrong, for globex.');

  const [sentence, ...others] = await problems();
  assert.match(sentence, /^fault: globex · POST \/v1\/charges · 503 · fraud timed out after 800 /);
  assert.match(sentence, / ms · 4 of 7 requests · since \d+ s/);
  assert.deepEqual(others, []);

  await page.locator('.problem-link').click();
  await page.locator('.first-error', { hasText: 'fraud timed out' }).waitFor();
  await page.keyboard.press('Escape');
  await verdict('One thing is wrong');
});

test('the count of a problem leads to the list of exactly those', async () => {
  await plantTrouble();
  await open();
  await page.locator('.problem-count').click();
  await page.waitForFunction(() => document.querySelectorAll('.row').length === 4);

  for (const row of await page.locator('.row').allInnerTexts()) {
    assert.match(inOneLine(row), /503 fault .*globex/);
  }
});

test('the most harmful comes first, and what a glance cannot take in is folded', async () => {
  const kinds = [[503, 'acme'], [500, 'globex'], [429, 'initech'], [429, 'hooli'], [503, 'umbra']];
  for (const [status, tenant] of kinds) {
    for (let at = 0; at < 3; at += 1) {
      await console_.add(charge({ start: now() - 20 + at, status, tenant, message: 'gone' }));
    }
  }
  await open();
  await verdict('5 things are wrong, for 5 tenants.');
  assert.deepEqual((await problems()).map((text) => text.slice(0, 5)), ['fault', 'fault', 'fault']);

  const more = page.getByRole('button', { name: '2 more' });
  assert.equal(await more.getAttribute('aria-expanded'), 'false');
  await more.click();
  await becomes(page, async () => (await problems()).at(-1), /^throttled: /);
  assert.equal(await page.locator('.problem').count(), 5);
});

test('one calm sentence when nothing is wrong', async () => {
  for (let at = 0; at < 8; at += 1) await console_.add(system({ start: now() - 20 + at }));
  await open();
  await verdict('Nothing is wrong.');

  const calm = inOneLine(await page.locator('.room-head .aside').innerText());
  assert.match(calm, /^8 requests of 1 tenant in the last 5 minutes, all answered well, p99 \d+/);
  assert.equal(await page.locator('.problem').count(), 0);
  await page.locator('.card-map', { hasText: 'nobody fails' }).waitFor();
});

test('an empty console says which two lines send the first trace', async () => {
  await open('#xray:overview');

  const lines = (await page.locator('.paste code').innerText()).split('\n');
  assert.match(lines[0], /^export AWS_XRAY_DAEMON_ADDRESS=.+:\d+$/);
  assert.equal(lines.length, 2);
});

test('the small map names the failing node in words, and leads to its page', async () => {
  await plantTrouble();
  await open();
  const fraud = page.locator('.card-map .map-node.is-fault', { hasText: 'fraud' });
  assert.match(inOneLine(await fraud.innerText()), /^fraud \d+ % faults/);
  assert.equal(await fraud.locator('.health .icon').count(), 1);

  await fraud.click();
  await page.locator('.drawer h2', { hasText: 'fraud' }).waitFor();
  assert.equal(new URL(page.url()).hash, '#xray:service-map?node=service%3Afraud');
});

test('chips are searches with their counts, and the count is what the list holds', async () => {
  await plantTrouble();
  await open();
  const faults = page.locator('.chip-link', { hasText: 'Faults' });
  await faults.waitFor();
  assert.equal(inOneLine(await faults.innerText()), 'Faults 4');
  await page.locator('.chip-link', { hasText: 'globex' }).waitFor();

  await faults.click();
  await page.waitForFunction(() => document.querySelectorAll('.row').length === 4);
  assert.match(await page.locator('input[type=search]').inputValue(), /^=?fault$/);
});

test('tenants: requests, share of failures, p99 and cost, those who suffer first', async () => {
  await plantTrouble();
  await open();
  await page.waitForSelector('.tenants tbody tr');

  const rows = (await page.locator('.tenants tbody tr').allInnerTexts()).map(inOneLine);
  assert.deepEqual(rows.map((row) => row.split(' ')[0]), ['globex', 'acme', 'initech']);
  const p99s = [/^globex 7 57 % (\d+) ms \$0\.0000\d+$/, /^acme 4 0 % (\d+) ms \$0\.0000\d+$/]
    .map((pattern, at) => pattern.exec(rows[at])?.[1]);
  assertNear(p99s[0], 810);
  assertNear(p99s[1], 120);
  await page.locator('.tenants a', { hasText: 'initech' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.row').length === 3);
});

test('the books say where everything is, and that they balance', async () => {
  await plantTrouble();
  await open();
  await page.locator('.balance', { hasText: 'The books balance' }).waitFor();

  const { intake } = await (await fetch(`${console_.url}/api/status`)).json();
  const words = (await page.locator('.books dt').allInnerTexts()).map(inOneLine);
  const names = ['received', 'stored', 'duplicates', 'rejected', 'queued', 'lost in the kernel'];
  assert.equal(words.length, names.length);
  for (const [at, name] of names.entries()) assert.ok(words[at].includes(name), words[at]);
  const received = Number((await page.locator('.books dd').first().innerText()).replace(/\D/g, ''));
  if (!isReal) assert.equal(received, intake.datagrams + intake.api_documents);
});

test('books that do not balance, rejected and lost documents are told plainly',
  { skip: mockOnly }, async () => {
    const before_ = console_.mock.intake;
    console_.mock.intake = { ...before_, datagrams: 1000, api_documents: 24, documents: 1000,
      duplicates: 10, rejected: { bad_header: 1, '<b>bold</b>': 6 }, queued: 4,
      kernel_dropped: 37 };
    await plantTrouble();
    await open();

    await page.getByText('The books do not balance: 3 documents are unaccounted for.').waitFor();
    const lines = inOneLine(await page.locator('.books').innerText());
    assert.match(lines, /received 1\u2009000 by UDP, 24 by API 1\u2009024/);
    assert.match(lines, /rejected <b>bold<\/b> 6, bad_header 1 7/);
    assert.match(lines, /lost in the kernel 37/);
    assert.equal(await page.locator('.books b').count(), 0);
    console_.mock.intake = before_;
  });

test('log lines have books of their own', { skip: mockOnly }, async () => {
  const { logs } = console_.mock;
  logs.status = () => ({ events: 93, loaded: 5, received: 100, evicted: 7, expired: 0,
    deleted: 3, failed: 2, bytes: 1, max_bytes: 2, groups: 1, streams: 1 });
  await plantTrouble();
  await open();

  const books = page.locator('.log-books');
  await books.waitFor();
  const words = inOneLine(await books.innerText());
  assert.match(words, /received 100 \+ ?of an earlier run 5 = ?held 93/);
  assert.match(words, /evicted, the store was full 7/);
  assert.match(words, /deleted 3 \+ ?unaccounted for 2/);
  assert.match(words, /not stored, the disk failed 2$/);
  assert.equal(await books.locator('.is-error').count(), 3);
  delete logs.status;
});

test('what begins to fail shows by itself, over the one event stream', async () => {
  await console_.add(system({ start: now() - 20 }));
  await open();
  await liveWord('Live');
  await verdict('Nothing is wrong.');
  if (!isReal) {
    assert.deepEqual([...console_.mock.readers].map(({ figures }) => figures), [true]);
    console_.mock.requests.length = 0;
  }
  for (let at = 0; at < 3; at += 1) {
    await console_.add(system({ start: now() - 3 + at, status: 503, tenant: 'globex' }));
  }

  await verdict('One thing is wrong, for globex.');
  if (!isReal) assert.deepEqual(console_.mock.requests, []);
});

test('it stops at a touch, and goes on when asked', async () => {
  await console_.add(system({ start: now() - 20 }));
  await open();
  await liveWord('Live');
  await verdict('Nothing is wrong.');
  await page.locator('.card-charts h2').click();
  await liveWord('Held');
  for (let at = 0; at < 3; at += 1) {
    await console_.add(system({ start: now() - 3 + at, status: 503, tenant: 'globex' }));
  }
  // Another reader shows the news, so this one has had it as well.
  const other = await openPage(browser);
  await other.goto(console_.url);
  await other.locator('.verdict', { hasText: 'One thing is wrong' }).waitFor();
  await closePage(other);
  await verdict('Nothing is wrong.');

  await page.getByRole('button', { name: 'Go on' }).click();
  await liveWord('Live');
  await verdict('One thing is wrong, for globex.');
});

test('p pauses, and leaving the page keeps it paused', async () => {
  await console_.add(system({ start: now() - 20 }));
  await open();
  await liveWord('Live');
  await page.keyboard.press('p');
  await liveWord('Paused');
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await liveWord('Live');
  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await liveWord('Paused');
  await page.keyboard.press('p');
  await liveWord('Live');
});

test('the rooms are one key pair away, and the head marks where one is', async () => {
  await console_.add(system({ start: now() - 20 }));
  await open();
  const here = () => page.locator('nav[aria-label="Rooms"] [aria-current]').allInnerTexts();
  const press = async (key, ready) => {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await page.waitForSelector(ready);
  };
  await page.waitForSelector('.overview-room');
  await becomes(page, here, ['Overview']);
  await press('t', '.row');
  await becomes(page, here, ['Traces']);
  await press('m', '.map-room .map-node');
  await becomes(page, here, ['Map']);
  await press('o', '.overview-room');

  await page.keyboard.press('?');
  const help = inOneLine(await page.getByRole('dialog').innerText());
  for (const words of ['g o overview', 'g t traces', 'g m map']) assert.ok(help.includes(words));
});

test('one pointer reads all charts', async () => {
  for (let at = 0; at < 24; at += 1) {
    await console_.add(system({ start: now() - 120 + at * 5, status: at < 4 ? 503 : 201 }));
  }
  await open();
  const charts = page.locator('.card-charts');
  await charts.locator('.chart').nth(2).waitFor();
  assert.equal(await charts.locator('[role=img]').count(), 3);
  assert.match(inOneLine(await charts.locator('h2').innerText()), /10 s a step/);

  const box = await charts.locator('svg').nth(1).boundingBox();
  await page.mouse.move(box.x + 1, box.y + 20);
  await page.locator('.card-charts h2', { hasText: /\d\d:\d\d:\d\d/ }).waitFor();
  assert.equal(await charts.locator('.chart-cursor').count(), 3);
});

test('markup in tenants, reasons and services stays text', async () => {
  await console_.add(hostile({ start: now() - 9 }));
  await open();
  await page.waitForSelector('.problem');

  const [text] = await problems();
  assert.ok(text.includes(markup), text);
  assert.ok(text.includes('‹U+202E›'), text);
  assert.ok((await page.locator('.card-map').innerText()).includes('<img src=x'));
  assert.equal(await page.locator('main img').count(), 0);
  assert.equal(await page.evaluate(() => window.broken), undefined);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 1280);
});

test('on a phone everything is one column within the width, for a thumb', async () => {
  await closePage(page);
  page = await openPage(browser, { size: phone });
  await plantTrouble();
  await open();
  await page.waitForSelector('.problem');

  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 375);
  for (const card of await page.locator('.card').all()) {
    const { x, width } = await card.boundingBox();
    assert.deepEqual([x, width], [8, 359]);
  }
  for (const target of await page.locator('button:visible, .chip-link:visible').all()) {
    assert.ok((await target.boundingBox()).height >= 40);
  }
  await page.locator('.problem-link').tap();
  await page.waitForSelector('.span-row');
});
