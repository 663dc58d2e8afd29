// SPDX-License-Identifier: Apache-2.0
// Log lines inside their spans, in a real browser.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { becomes, closePage, inOneLine, inkOf, isReal, logs, mockOnly, now, openBrowser,
  openConsole, openPage, phone, shotPath, traceLink } from './harness.mjs';
import { line, linesOfCharge, plantedLines } from './log_events.mjs';
import { charge, markup } from './traces.mjs';

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

const faulty = () => charge({ start: now() - 5, status: 503, tenant: 'globex', duration: 0.812 });
const marks = () => page.locator('.lines-mark [data-count]').evaluateAll(
  (all) => all.map((one) => getComputedStyle(one, '::after').content.replace(/"/g, '')));
const hash = () => new URL(page.url()).hash;

async function open(documents, span = '') {
  const id = await console_.add(documents);
  await page.goto(console_.url + traceLink(id, span));
  await page.waitForFunction(() => document.querySelectorAll('.span-row').length >= 9);
  return id;
}

test('the details of a span show its log lines in place, redacted values as chips', async () => {
  const documents = faulty();
  await console_.addLines(linesOfCharge(documents));
  await open(documents, documents[0].id);
  const lines = page.locator('.drawer .span-lines');
  await lines.waitFor();

  assert.equal(await lines.locator('h3').innerText(), 'Log lines (2)');
  await becomes(page, async () => (await lines.locator('summary').allInnerTexts()).map(inOneLine),
    ['+1.00 ms DEBUG request accepted method=POST route=/v1/charges',
      '+20.0 ms INFO charge begins card= redacted: pan *1881 email= redacted: email #cfhpnb '
        + 'amount_minor=4200 currency=USD']);
  assert.match(await lines.innerText(), /2 more in the spans below it\./);
  await lines.locator('summary', { hasText: 'charge begins' }).click();
  await becomes(page, () => lines.locator('.json').innerText(), /request_id r-503/);
  await page.screenshot({ path: shotPath('trace-lines') });
});

test('rows of the waterfall carry ticks and counts, folded ones those of what they hide',
  async () => {
    const documents = faulty();
    await open(documents);
    const bare = await inkOf(page, '.bars canvas');
    await console_.addLines(linesOfCharge(documents));
    await page.waitForSelector('.lines-mark');
    await becomes(page, marks, ['2', '1', '1']);
    const row = page.locator('.span-row', { hasText: 'payments' }).first();
    assert.match(await row.getAttribute('aria-label'), /, 2 log lines$/);
    const call = page.locator('.span-row', { hasText: 'fraud' });
    assert.match(await call.first().getAttribute('aria-label'), /, 1 log line, with errors$/);
    assert.match(await call.nth(1).getAttribute('aria-label'), /, 1 log line, with warnings$/);
    assert.equal(await call.first().locator('.lines-mark .icon').count(), 2);
    await becomes(page, async () => (await inkOf(page, '.bars canvas')).pixels > bare.pixels, true);

    await page.keyboard.press('j');
    await page.keyboard.press('[');
    await becomes(page, marks, ['4']);
    assert.match(await row.getAttribute('aria-label'), /, 4 log lines, with errors$/);
  });

test('lines that come after the trace join it while it is looked at', async () => {
  const documents = faulty();
  const id = await open(documents, documents[0].id);
  await page.locator('.drawer').waitFor();
  assert.equal(await page.locator('.span-lines').count(), 0);
  if (!isReal) await becomes(page, async () => console_.mock.logs.readers.size, 1);
  await console_.addLines(linesOfCharge(documents));
  await page.locator('.span-lines', { hasText: 'charge begins' }).waitFor();
  await page.locator('.lines-link', { hasText: '4 log lines' }).waitFor();

  const late = { time: now(), trace: id, span: documents[0].id, message: 'late' };
  await console_.addLines([line(late)]);
  await page.locator('.span-lines summary', { hasText: 'late' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  if (!isReal) await becomes(page, async () => console_.mock.logs.readers.size, 0);
});

test('from a line of a span to that line in Logs, and back', async () => {
  const documents = faulty();
  await console_.addLines([...linesOfCharge(documents), line({ time: now(), message: 'another' })]);
  const id = await open(documents, documents[0].id);
  const lines = page.locator('.span-lines');
  await lines.locator('summary', { hasText: 'charge begins' }).click();
  await lines.getByRole('link', { name: 'In the logs' }).click();

  await page.locator('.line.is-open', { hasText: 'charge begins' }).waitFor();
  assert.equal(await page.locator('.line').count(), 4);
  assert.match(hash(), new RegExp(`^#logsV2:logs-insights\\?trace=${id}&line=\\d+$`));
  const chips = inOneLine(await page.locator('.filter-chips').innerText());
  assert.match(chips, /^trace 1-\w+-?…\w{5}/);
  await page.getByRole('link', { name: 'Its span' }).click();
  await page.locator('.span-row.is-selected', { hasText: 'payments' }).waitFor();
  await page.locator('.lines-link').click();
  await page.waitForSelector('.line');
});

test('lines of a trace begin at the top, wherever Logs was left', async () => {
  const documents = faulty();
  await console_.add(documents);
  await console_.addLines([...plantedLines(now() - 30, 90), ...linesOfCharge(documents)]);
  await page.goto(console_.url + logs);
  await page.waitForSelector('.line');
  const scroller = page.locator('.line-scroller');
  await scroller.evaluate((element) => element.scrollTo(0, 900));
  await page.locator('.live-word', { hasText: 'Held' }).waitFor();
  await page.evaluate((id) => (location.hash = `#xray:traces/${id}`), documents[0].trace_id);
  await page.locator('.lines-link').click();
  await page.locator('.line[aria-setsize="4"]').first().waitFor();

  await page.locator('.live-word', { hasText: 'Live' }).waitFor();
  assert.equal(await scroller.evaluate((element) => element.scrollTop), 0);
});

test('lines of spans that never came stand with the root, and markup in them stays text',
  async () => {
    const documents = faulty();
    const [{ trace_id: trace }] = documents;
    await console_.addLines([line({ time: now() - 4, trace, span: 'feedfacefeedface',
      message: markup, fields: { [markup]: markup } })]);
    await open(documents, documents[0].id);
    const summary = page.locator('.span-lines summary');
    await summary.waitFor();

    assert.ok((await summary.innerText()).includes(markup));
    await summary.click();
    await page.locator('.span-lines .json').waitFor();
    assert.equal(await page.locator('main img').count(), 0);
    assert.equal(await page.evaluate(() => window.broken), undefined);
  });

test('on a phone the sheet of a span holds its lines, within the width', async () => {
  await closePage(page);
  page = await openPage(browser, { size: phone });
  const documents = faulty();
  await console_.addLines(linesOfCharge(documents));
  await open(documents);
  await page.waitForSelector('.lines-mark');
  await page.locator('.span-row', { hasText: 'fraud' }).nth(1).tap();
  const summary = page.locator('.drawer .span-lines summary').first();
  await summary.scrollIntoViewIfNeeded();
  await summary.tap();

  await page.locator('.span-lines .json').waitFor();
  assert.ok((await summary.boundingBox()).height >= 40);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 375);
  await page.screenshot({ path: shotPath('trace-lines-phone') });
});

test('the tail of a trace ends a minute after it', { skip: mockOnly }, async () => {
  await open(charge({ start: now() - 56, status: 503, duration: 0.812 }));
  await becomes(page, async () => console_.mock.logs.readers.size, 1);
  await becomes(page, async () => console_.mock.logs.readers.size, 0);
});
