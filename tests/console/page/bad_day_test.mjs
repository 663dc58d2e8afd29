// SPDX-License-Identifier: Apache-2.0
// What the page does when the console goes, forgets, refuses, or holds hostile text.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { closePage, list, mockOnly, now, openBrowser, openConsole, openPage, traceLink } from
  './harness.mjs';
import { charge, hostile, markup, unfinished } from './traces.mjs';

let browser;
let console_;
let page;

before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());
beforeEach(async () => {
  console_ = await openConsole();
  page = await openPage(browser);
});
afterEach(async () => {
  await closePage(page);
  await console_.close();
});

const liveWord = (word) => page.locator('.live-word', { hasText: word }).waitFor();

test('a console that goes is missed, and found again with what it has', { skip: mockOnly },
  async () => {
    await console_.add(charge({ start: now() - 9 }));
    await page.goto(console_.url + list);
    await liveWord('Live');
    const { port } = console_.mock;
    await console_.mock.close();

    await page.getByText('The console does not answer. What you see may be old.').waitFor();
    await liveWord('Not connected');
    assert.equal(await page.locator('.row').count(), 1);

    // Clicked while nobody answers: afterwards the page might find the console before the click.
    const tries = page.waitForRequest((request) => request.url().endsWith('/api/events'));
    await page.getByRole('button', { name: 'Try now' }).click();
    await tries;
    await console_.add(charge({ start: now() - 8 }));
    await console_.mock.listen(port);
    await liveWord('Live');
    await page.waitForFunction(() => document.querySelectorAll('.row').length === 2);
    assert.equal(await page.locator('.banner').count(), 0);
  });

test('the page comes back without help', { skip: mockOnly }, async () => {
  await page.goto(console_.url + list);
  await liveWord('Live');
  const { port } = console_.mock;
  await console_.mock.close();
  await liveWord('Not connected');
  await console_.mock.listen(port);

  await liveWord('Live');
});

test('a page out of sight lets its connection go, and takes it up when seen', { skip: mockOnly },
  async () => {
    await page.goto(console_.url + list);
    await liveWord('Live');
    await page.clock.install();
    const show = (hidden) => page.evaluate((value) => {
      Object.defineProperty(document, 'hidden', { value, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }, hidden);
    await show(true);
    await page.clock.runFor(6000);
    await liveWord('Connecting');
    assert.equal(console_.mock.readers.size, 0);

    await console_.add(charge({ start: now() - 9 }));
    await show(false);
    await page.waitForSelector('.row');
    await liveWord('Live');
  });

test('a stream that was let go complains of nothing afterwards', async () => {
  await page.clock.install();
  await page.goto(console_.url);
  await page.waitForSelector('.paste');
  await page.evaluate(() => (location.hash = '#xray:traces'));
  await liveWord('Live');
  await page.evaluate(() => (location.hash = '#xray:service-map'));
  await page.waitForSelector('.paste');

  // Longer than a stream may be silent; closing the page tells what it complained of.
  await page.clock.runFor(11_000);
});

test('after a reset the list is read again, and the page says so', async () => {
  await console_.add(charge({ start: now() - 9 }));
  await page.goto(console_.url + list);
  await page.waitForSelector('.row');
  await liveWord('Live');
  await console_.forget();

  await page.getByText('The console asked to start over: the list was read again.').waitFor();
  await page.getByText('No traces yet').waitFor();
});

test('a console that wants a token asks for it, and takes the right one', { skip: mockOnly },
  async () => {
    console_.mock.token = 'right';
    await console_.add(charge({ start: now() - 9 }));
    await page.goto(console_.url + list);
    const field = page.getByLabel('Token');
    await field.fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByText('The console did not accept this token.').waitFor();

    await field.fill('right');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.row');
    assert.equal(new URL(page.url()).search, '');
  });

test('a link with the token works once and leaves the address bar', { skip: mockOnly },
  async () => {
    console_.mock.token = 'right';
    await page.goto(`${console_.url}/?token=right#xray:traces`);
    await liveWord('Live');

    assert.equal(new URL(page.url()).search, '');
  });

test('markup, reordering and nothing at all stay text in the list', async () => {
  await console_.add(hostile({ start: now() - 9 }));
  await page.goto(console_.url + list);
  await page.waitForSelector('.row');

  const text = await page.locator('.row').innerText();
  assert.ok(text.includes(markup), text);
  assert.ok(text.includes('‹U+202E›'));
  assert.equal(await page.locator('.list-room img').count(), 0);
  assert.equal(await page.evaluate(() => window.broken), undefined);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 1280);
});

test('they stay text in every corner of the trace page', async () => {
  const documents = hostile({ start: now() - 9 });
  const id = await console_.add(documents);
  await page.goto(console_.url + traceLink(id));
  await page.waitForFunction(() => document.querySelectorAll('.span-row').length >= 11);
  const titles = await page.locator('.span-title').allInnerTexts();
  for (const title of [markup, 'safe‹U+202E›exe.gnp', 'nul‹U+0000›byte', '(no name)',
    '👩‍👩‍👧‍👦 family 🎉']) {
    assert.ok(titles.includes(title), title);
  }
  for (const row of await page.locator('.span-row').all()) {
    await row.click();
    for (const fold of await page.locator('.drawer summary').all()) await fold.click();
  }
  assert.equal(await page.locator('main img, main script').count(), 0);
  assert.equal(await page.evaluate(() => window.broken), undefined);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 1280);
});

test('an unfinished trace without its root is drawn as far as it is known', async () => {
  const id = await console_.add(unfinished({ start: now() - 4 }));
  await page.goto(console_.url + traceLink(id));
  await page.waitForFunction(() => document.querySelectorAll('.span-row').length === 3);

  assert.deepEqual(await page.locator('.span-title').allInnerTexts(),
    ['payments', 'parent not received', 'late child']);
});
