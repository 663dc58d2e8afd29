// SPDX-License-Identifier: Apache-2.0
// The live list in a real browser.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { closePage, now, openBrowser, openConsole, openPage, phone, rowTexts } from './harness.mjs';
import { charge, spanId, traceId } from './traces.mjs';

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

const open = (path = '/#xray:traces') => page.goto(console_.url + path);
const rowCount = (count) => page.waitForFunction(
  (wanted) => document.querySelectorAll('.row').length === wanted, count);
const liveWord = (word) => page.locator('.live-word', { hasText: word }).waitFor();

test('an empty console says which two lines send the first trace', async () => {
  await open();

  const lines = (await page.locator('.paste code').innerText()).split('\n');
  const { listen } = await (await fetch(`${console_.url}/api/status`)).json();
  assert.equal(lines[0], `export AWS_XRAY_DAEMON_ADDRESS=${listen.xray}`);
  assert.equal(lines.length, 2);
});

test('a row says when, what, how it ended, how long, for whom and why', async () => {
  await console_.add(charge({ start: now() - 70, status: 503, tenant: 'globex', duration: 0.812 }));
  await open();
  await rowCount(1);

  const [text] = await rowTexts(page);
  assert.equal(text, '1 min ago payments POST /v1/charges 503 fault 812 ms globex '
    + 'fraud timed out after 800 ms');
});

test('traces arrive by themselves, newest first', async () => {
  await open();
  await liveWord('Live');
  await console_.add(charge({ start: now() - 30, tenant: 'first' }));
  await rowCount(1);
  await console_.add(charge({ start: now() - 10, tenant: 'second' }));
  await rowCount(2);

  const texts = await rowTexts(page);
  assert.match(texts[0], /second/);
  assert.match(texts[1], /first/);
});

test('a trace that ends changes in its place', async () => {
  const start = now() - 20;
  const id = traceId(start);
  const segment = { name: 'job', id: spanId(), trace_id: id, start_time: start };
  await console_.add([{ ...segment, in_progress: true }]);
  await open();
  await page.locator('.row .is-running', { hasText: 'running' }).waitFor();

  await console_.add([{ ...segment, end_time: start + 0.25, fault: true }]);

  await page.locator('.row .outcome', { hasText: 'fault' }).waitFor();
  assert.match((await rowTexts(page))[0], /250 ms/);
});

test('paused, nothing moves; what waits is counted and shown on going on', async () => {
  await console_.add(charge({ start: now() - 30 }));
  await open();
  await rowCount(1);
  await liveWord('Live');
  await page.keyboard.press('p');
  await liveWord('Paused');

  await console_.add(charge({ start: now() }));
  await page.locator('.waiting', { hasText: '1 new' }).waitFor();
  assert.equal((await rowTexts(page)).length, 1);

  await page.keyboard.press('p');
  await rowCount(2);
});

test('scrolled away, the list stands still until its top is asked for', async () => {
  for (let index = 0; index < 80; index += 1) {
    await console_.add(charge({ start: now() - 200 + index }));
  }
  await open();
  await page.waitForSelector('.row');
  await page.locator('.list-scroller').evaluate((element) => element.scrollTo(0, 640));
  await liveWord('Held');
  const inSight = () => page.evaluate(() => {
    const box = document.querySelector('.list-scroller').getBoundingClientRect();
    return document.elementFromPoint(300, box.top + 50).closest('a').dataset.trace;
  });
  const before_ = await inSight();

  await console_.add(charge({ start: now() }));
  await page.locator('.waiting', { hasText: '1 new' }).waitFor();
  assert.equal(await inSight(), before_);

  await page.locator('.waiting').click();
  await liveWord('Live');
  assert.match((await rowTexts(page))[0], /^(now|\d s ago) /);
});

test('search narrows the list, lives in the address and comes back from it', async () => {
  await console_.add(charge({ start: now() - 9, tenant: 'acme' }));
  await console_.add(charge({ start: now() - 8, tenant: 'globex' }));
  await open();
  await rowCount(2);

  await page.keyboard.press('/');
  await page.keyboard.type('tenant_id=globex');
  await rowCount(1);
  assert.match(new URL(page.url()).hash, /^#xray:traces\?q=tenant_id%3Dglobex$/);

  await page.reload();
  await rowCount(1);
  assert.equal(await page.locator('input[type=search]').inputValue(), 'tenant_id=globex');
  await page.locator('input[type=search]').fill('nothing like this');
  await page.getByText('No trace matches this search.').waitFor();
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await rowCount(2);
});

test('chips are searches, and only matching traces arrive while one is on', async () => {
  await console_.add(charge({ start: now() - 9 }));
  await console_.add(charge({ start: now() - 8, status: 503 }));
  await console_.add(charge({ start: now() - 7, status: 429 }));
  await open();
  await rowCount(3);
  const faults = page.getByRole('button', { name: 'Faults' });
  await faults.click();
  await rowCount(1);
  assert.equal(await faults.getAttribute('aria-pressed'), 'true');
  await liveWord('Live');

  await console_.add(charge({ start: now() - 6 }));
  await console_.add(charge({ start: now() - 5, status: 500 }));
  await rowCount(2);

  await faults.click();
  await page.getByRole('button', { name: 'Throttled' }).click();
  await page.locator('.row .outcome', { hasText: 'throttled' }).waitFor();
  await rowCount(1);
});

test('a mistake in the search is shown where it is, and the list stays', async () => {
  await console_.add(charge({ start: now() - 9 }));
  await open();
  await rowCount(1);
  await page.locator('input[type=search]').fill('é "open');

  await page.getByText('This quote is never closed.').waitFor();
  assert.equal(await page.locator('.search-mistake mark').innerText(), '"open');
  assert.equal(await page.locator('input[type=search]').getAttribute('aria-invalid'), 'true');
  assert.equal(await page.locator('.row').count(), 1);
});

test('keys alone go to a trace and back to its row', async () => {
  for (let index = 0; index < 60; index += 1) {
    await console_.add(charge({ start: now() - 100 + index }));
  }
  await open();
  await page.waitForSelector('.row');
  for (let press = 0; press < 41; press += 1) await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.waitForFunction(() => document.activeElement.matches('.row.is-selected .row-link'));
  const id = await page.evaluate(() => document.activeElement.dataset.trace);
  assert.equal(await page.locator('.row.is-selected').getAttribute('aria-posinset'), '40');

  await page.keyboard.press('Enter');
  await page.waitForSelector('.span-row');
  assert.equal(new URL(page.url()).hash, `#xray:traces/${id}`);

  await page.keyboard.press('Escape');
  await page.waitForSelector('.row.is-selected');
  await page.waitForFunction((wanted) => document.activeElement.dataset.trace === wanted, id);
  await page.keyboard.press('Escape');
  await liveWord('Held');
  assert.equal(await page.locator('.row.is-selected').count(), 0);
});

test('the focus follows the last key, also where drawing is slow', async () => {
  for (let index = 0; index < 60; index += 1) {
    await console_.add(charge({ start: now() - 100 + index }));
  }
  await open();
  await page.waitForSelector('.row');
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 12 });

  for (let press = 0; press < 41; press += 1) await page.keyboard.press('j');
  await page.keyboard.press('k');

  await page.waitForFunction(() =>
    document.activeElement.closest('.row')?.getAttribute('aria-posinset') === '40');
});

test('help lists the keys and gives the focus back', async () => {
  await open();
  await page.waitForSelector('.paste');
  const button = page.getByRole('button', { name: 'Help' });
  await button.focus();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();

  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(await button.evaluate((element) => element === document.activeElement), true);
});

test('single-key commands can be switched off and stay off', async () => {
  await open();
  await page.waitForSelector('.paste');
  await page.keyboard.press('?');
  await page.getByRole('checkbox', { name: 'Single-key commands' }).uncheck();
  await page.keyboard.press('Escape');
  await page.reload();
  await liveWord('Live');
  await page.keyboard.press('p');

  assert.equal(await page.getByRole('button', { name: 'Pause' }).getAttribute('aria-pressed'),
    'false');
});

test('the theme follows the system until it is chosen, and the choice is kept', async () => {
  const theme = (wanted) => page.locator(`html[data-theme="${wanted}"]`).waitFor();
  await open();
  await theme('light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await theme('dark');

  await page.getByRole('button', { name: 'Theme: system' }).click();
  await theme('light');
  await page.reload();
  await page.getByRole('button', { name: 'Theme: light' }).waitFor();
  await theme('light');
});

test('clearing asks first', async () => {
  await console_.add(charge({ start: now() - 9 }));
  await open();
  await rowCount(1);
  await page.getByRole('button', { name: 'Clear' }).click();
  assert.equal(await page.locator('.row').count(), 1);

  await page.getByRole('button', { name: 'Forget all traces?' }).click();
  await page.getByText('No traces yet').waitFor();
});

test('a list longer than a page goes on by a button', async () => {
  for (let index = 0; index < 130; index += 1) {
    await console_.add(charge({ start: now() - 300 + index }));
  }
  await open();
  const size = () => page.locator('.row').first().getAttribute('aria-setsize');
  await page.waitForSelector('.row');
  assert.equal(await size(), '100');

  await page.getByRole('button', { name: 'Older traces' }).click();
  await page.locator('.row[aria-setsize="130"]').first().waitFor();
  await page.getByText('That is all.').waitFor();
});

test('on a phone the list is cards within the width, and a thumb opens one', async () => {
  await closePage(page);
  page = await openPage(browser, { size: phone });
  await console_.add(charge({ start: now() - 9, status: 503, tenant: 'globex' }));
  await open();
  await rowCount(1);

  const box = await page.locator('.row').boundingBox();
  assert.equal(box.height, 88);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 375);
  for (const button of await page.locator('button:visible').all()) {
    assert.ok((await button.boundingBox()).height >= 40);
  }
  await page.locator('.row-link').tap();
  await page.waitForSelector('.span-row');
});
