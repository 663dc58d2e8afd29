// SPDX-License-Identifier: Apache-2.0
// One trace in a real browser: waterfall, details, keys.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { becomes, closePage, inOneLine, inkOf, now, openBrowser, openConsole, openPage, phone,
  traceLink } from './harness.mjs';
import { charge, huge, spanId, system, traceId, unfinished } from './traces.mjs';

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

/// Real datagrams take a moment; the page shows a trace as soon as it is there.
async function open(id, rows, span = '') {
  await page.goto(console_.url + traceLink(id, span));
  await page.waitForFunction(
    (wanted) => document.querySelectorAll('.span-row').length >= wanted, rows);
}

const names = () => page.locator('.span-row .span-title').allInnerTexts();
const selected = () => page.locator('.span-row.is-selected .span-title').innerText();
const faulty = () => charge({ start: now() - 5, status: 503, tenant: 'globex', duration: 0.812 });

test('spans of two services stand in one tree', async () => {
  await open(await console_.add(faulty()), 9);

  await becomes(page, names, ['payments', 'validate', 'DynamoDB.PutItem', 'fraud', 'fraud',
    'features', 'model', 'ledger@db', 'acquire connection']);
  const levels = await page.locator('.span-row').evaluateAll(
    (rows) => rows.map((row) => row.getAttribute('aria-level')).join(''));
  assert.equal(levels, '122234423');
  assert.deepEqual(await page.locator('.legend li').allInnerTexts(), ['payments', 'fraud']);
  assert.equal(await page.title(), 'POST /v1/charges · Aloft console');
});

test('three services stand in one tree, whatever the order in which they arrive', async () => {
  const [payments, fraud, ledger] = system({ start: now() - 5 });
  await console_.add([ledger]);
  await console_.add([fraud]);
  const id = await console_.add([payments]);
  await open(id, 7);

  await becomes(page, names,
    ['payments', 'fraud', 'fraud', 'model', 'ledger', 'ledger', 'INSERT entries']);
  const levels = await page.locator('.span-row').evaluateAll(
    (rows) => rows.map((row) => row.getAttribute('aria-level')).join(''));
  assert.equal(levels, '1234234');
  assert.deepEqual(await page.locator('.legend li').allInnerTexts(),
    ['payments', 'fraud', 'ledger']);
  assert.equal(await page.locator('.record-mark').count(), 0);
});

test('a segment of a wrong clock is drawn in its call, marked, with its exact offset', async () => {
  const id = await console_.add(system({ start: now() - 5, duration: 0.2, fraudClock: 3600.25 }));
  await open(id, 7);
  const mark = page.locator('.record-mark');
  assert.deepEqual(await mark.allInnerTexts(), ['clock 1.00 h ahead']);
  assert.equal(await page.locator('.trace-duration').innerText(), '200 ms');
  const row = page.locator('.span-row', { has: mark });
  assert.equal(await row.getAttribute('aria-level'), '3');
  assert.match(await row.getAttribute('aria-label'), /^fraud, 92\.0 ms, clock 1\.00 h ahead$/);

  await row.click();
  const clock = inOneLine(await page.locator('.times', { hasText: 'Clock' }).innerText());
  // Drawn in the middle of its call: it was called 4 ms before it began, and 4 ms passed after.
  assert.match(clock, /Clock \+3\u2009600\.250\u2009000 s against its caller's/);
  assert.match(clock, /it starts \+3\u2009600\.254\u2009000 s from its caller's start/);
  await page.locator('.span-row', { hasText: 'model' }).click();
  await page.getByText('from what was recorded, with its segment').waitFor();
});

test('a clock that is behind is told as such', async () => {
  await open(await console_.add(system({ start: now() - 5, fraudClock: -2 })), 7);

  assert.deepEqual(await page.locator('.record-mark').allInnerTexts(), ['clock 2.00 s behind']);
});

test('parents that never came and spans that go on are shown as such', async () => {
  await open(await console_.add(unfinished({ start: now() - 4 })), 3);
  await becomes(page, names, ['payments', 'parent not received', 'late child']);
  assert.deepEqual(await page.locator('.record-mark').allInnerTexts(), ['in progress']);

  const [, fraud] = system({ start: now() - 4 });
  await open(await console_.add([fraud]), 2);
  await page.locator('.span-row', { hasText: 'model' }).waitFor();
  assert.deepEqual(await page.locator('.record-mark').allInnerTexts(), ['parent not received']);
  await page.locator('.span-row').first().click();
  await page.locator('.drawer', { hasText: 'segment, parent not received' }).waitFor();
});

test('bars and minimap are painted, and paint again for the other theme', async () => {
  await open(await console_.add(faulty()), 9);
  const [bars, map] = [await inkOf(page, '.bars canvas'), await inkOf(page, '.minimap canvas')];
  assert.ok(bars.pixels > 5000, `${bars.pixels}`);
  assert.ok(map.pixels > 1000, `${map.pixels}`);

  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html[data-theme="dark"]').waitFor();
  assert.notEqual((await inkOf(page, '.bars canvas')).sum, bars.sum);
});

test('the page begins with what failed first, and leads there', async () => {
  await open(await console_.add(faulty()), 9);
  const line = page.locator('.first-error');
  assert.equal(await line.innerText(), 'fraud timed out after 800 ms in fraud');

  await line.click();
  await becomes(page, selected, 'fraud');
  const chain = page.locator('.chain');
  assert.equal(await chain.locator('.exception-type').first().innerText(), 'aloft::Timeout');
  assert.match(await chain.innerText(), /caused by\s+std::system_error\s+Connection timed out/);
  assert.match(await chain.locator('.stack li').first().innerText(),
    /payments::Fraud::check\s+examples\/payments\/fraud\.cpp:88/);
});

test('the details show every block of a span, and the address remembers it', async () => {
  const documents = faulty();
  const root = documents[0].id;
  const id = await console_.add(documents);
  await open(id, 9, root);

  const drawer = page.getByRole('complementary', { name: 'Span details' });
  const text = await drawer.innerText();
  for (const words of ['tenant_id', 'globex', 'request.method', 'response.status', '503',
    'amount_minor', '4200', 'Self time', 'runtime', 'fraud timed out']) {
    assert.ok(text.includes(words), words);
  }
  await drawer.locator('summary', { hasText: 'tries' }).click();
  await drawer.getByText('Document as received').click();
  await becomes(page, () => drawer.locator('.raw .json').innerText(), /trace_id/);

  await page.locator('.span-row', { hasText: 'ledger@db' }).click();
  await becomes(page, () => drawer.innerText(), /SQL\s+sanitized_query\s+INSERT INTO entries/);
  await page.locator('.span-row', { hasText: 'DynamoDB' }).click();
  await becomes(page, () => drawer.innerText(), /AWS\s+operation\s+PutItem\s+table_name\s+charges/);
  assert.match(new URL(page.url()).hash, /span=[0-9a-f]{16}$/);
});

test('keys walk, fold, open and leave', async () => {
  await open(await console_.add(faulty()), 9);
  await page.keyboard.press('j');
  await becomes(page, selected, 'payments');
  await page.keyboard.press('[');
  await becomes(page, names, ['payments']);
  assert.match(await page.locator('.hidden-failures').innerText(), /2 inside/);
  assert.equal(await page.locator('.span-row').getAttribute('aria-expanded'), 'false');
  await page.keyboard.press(']');
  await page.keyboard.press('j');
  await becomes(page, selected, 'validate');
  await page.keyboard.press('[');
  await becomes(page, selected, 'payments');

  await page.keyboard.press('Enter');
  await page.waitForSelector('.drawer');
  await page.keyboard.press('e');
  await becomes(page, selected, 'fraud');
  await page.keyboard.press('{');
  await page.keyboard.press('}');
  await becomes(page, async () => (await names()).length, 9);
  await page.keyboard.press('Escape');
  await page.waitForSelector('.drawer', { state: 'detached' });
  await page.keyboard.press('Escape');
  await page.waitForSelector('.row');
});

test('g t leads to the traces', async () => {
  await open(await console_.add(faulty()), 9);
  await page.keyboard.press('g');
  await page.keyboard.press('t');

  await page.waitForSelector('.row');
});

test('critical path, self time and zoom change what is painted', async () => {
  await open(await console_.add(faulty()), 9);
  const plain = await inkOf(page, '.bars canvas');
  await page.keyboard.press('c');
  await page.locator('button[aria-pressed="true"]', { hasText: 'Critical path' }).waitFor();
  const isRepainted = async () => (await inkOf(page, '.bars canvas')).sum !== plain.sum;
  await becomes(page, isRepainted, true);
  await page.keyboard.press('c');
  await becomes(page, isRepainted, false);
  await page.keyboard.press('s');
  await becomes(page, isRepainted, true);
  await page.keyboard.press('s');

  const map = await page.locator('.minimap').boundingBox();
  await page.mouse.move(map.x + map.width * 0.3, map.y + 20);
  await page.mouse.down();
  await page.mouse.move(map.x + map.width * 0.5, map.y + 20, { steps: 4 });
  await page.mouse.up();
  await page.getByRole('button', { name: 'Whole trace' }).waitFor();
  await becomes(page, isRepainted, true);
  await page.keyboard.press('0');
  await page.getByRole('button', { name: 'Whole trace' }).waitFor({ state: 'detached' });
  assert.deepEqual(await inkOf(page, '.bars canvas'), plain);
});

test('ids are copied', async () => {
  const id = await console_.add(faulty());
  await open(id, 9);
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await page.locator(`button[title="${id}"]`).click();
  await page.getByText('Copied trace id.').waitFor();
  assert.equal(await clipboard(), id);
});

test('a trace grows while it is looked at, and keeps what is selected', async () => {
  const start = now() - 3;
  const id = traceId(start);
  const root = { name: 'job', id: spanId(), trace_id: id, start_time: start };
  await console_.add([{ ...root, in_progress: true }]);
  await open(id, 1, root.id);
  await becomes(page, selected, 'job');

  await console_.add([
    { ...root, end_time: start + 1, subsegments: [
      { id: spanId(), name: 'step', start_time: start + 0.1, end_time: start + 0.9 }] },
  ]);

  await page.locator('.span-row', { hasText: 'step' }).waitFor();
  await becomes(page, selected, 'job');
});

test('a trace that is forgotten is not kept on screen', async () => {
  await open(await console_.add(faulty()), 9);
  await page.waitForFunction(() => fetch('/api/status').then((answer) => answer.ok));
  await console_.forget();

  await page.getByText('No such trace here.').waitFor();
});

test('a trace that is not there yet appears when it arrives', async () => {
  const documents = faulty();
  await page.goto(console_.url + traceLink(documents[0].trace_id));
  await page.getByText('No such trace here.').waitFor();

  await console_.add(documents);
  await page.waitForSelector('.span-row');
});

test('what is no trace id is told so', async () => {
  await page.goto(`${console_.url}/#xray:traces/nonsense`);

  await page.getByText('This is not a trace id.').waitFor();
});

test('ten thousand spans scroll at the pace of the screen, with few rows in the document',
  async () => {
    const id = await console_.add(huge({ start: now() - 60 }));
    await open(id, 20);
    await page.locator('.facts', { hasText: '10\u2009000' }).waitFor();
    const frames = await page.locator('.span-scroller').evaluate(async (scroller) => {
      const gaps = [];
      let most = 0;
      let last = performance.now();
      for (let frame = 0; frame < 90; frame += 1) {
        scroller.scrollTop += frame < 60 ? 240 : 7000;
        const time = await new Promise((done) => requestAnimationFrame(done));
        gaps.push(time - last);
        last = time;
        most = Math.max(most, scroller.querySelectorAll('.span-row').length);
      }
      gaps.sort((a, b) => a - b);
      return { median: gaps[45], slow: gaps[85], most };
    });
    // A screen frame is 16.7 ms; the bound is lenient for machines without a graphics card.
    assert.ok(frames.median < 34, `median frame ${frames.median} ms`);
    assert.ok(frames.slow < 100, `95th percentile ${frames.slow} ms`);
    assert.ok(frames.most < 160, `${frames.most} rows`);

    await page.keyboard.press('{');
    await page.keyboard.press('Home');
    await becomes(page, async () => (await names()).slice(0, 3), ['batch', 'chunk 0', 'chunk 1']);
    await page.keyboard.press('e');
    await becomes(page, selected, 'row 50.7');
    await page.keyboard.press('End');
    await page.keyboard.press('k');
    const row = page.locator('.span-row.is-selected');
    await becomes(page, async () => {
      const { y } = await row.boundingBox();
      return y > 0 && y < 800;
    }, true);
  });

test('on a phone names stand above bars and the details are a sheet', async () => {
  await closePage(page);
  page = await openPage(browser, { size: phone });
  await open(await console_.add(faulty()), 9);
  assert.equal((await page.locator('.span-row').first().boundingBox()).height, 48);
  assert.ok((await inkOf(page, '.bars canvas')).pixels > 3000);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 375);

  await page.locator('.span-row').nth(3).tap();
  const sheet = await page.locator('.drawer').boundingBox();
  assert.deepEqual([sheet.x, sheet.width, sheet.y + sheet.height], [0, 375, 760]);
  const row = await page.locator('.span-row.is-selected').boundingBox();
  assert.ok(row.y + row.height <= sheet.y + 1, 'the sheet hides the span it is about');
  await page.getByRole('button', { name: 'Close details' }).tap();
  await page.waitForSelector('.drawer', { state: 'detached' });
});
