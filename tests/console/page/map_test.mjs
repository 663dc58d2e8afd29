// SPDX-License-Identifier: Apache-2.0
// The service map in a real browser: what it says, where it leads, and by which keys.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { assertNear, becomes, closePage, inOneLine, mockOnly, now, openBrowser, openConsole,
  openPage, phone } from './harness.mjs';
import { hostile, system } from './traces.mjs';

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
  for (let at = 0; at < 8; at += 1) {
    const status = at % 4 === 0 ? 503 : 201;
    await console_.add(system({ start: now() - 30 + at, status, duration: 0.1 * (at + 1) }));
  }
});
afterEach(() => closePage(page));

const room = '/#xray:service-map';
async function open(fragment = room) {
  await page.goto(console_.url + fragment);
  await page.waitForFunction(() => document.querySelectorAll('.map-node').length >= 5);
}

const node = (name) => page.locator('.map-node').filter({
  has: page.locator('.map-name', { hasText: new RegExp(`^${name}$`) }) });
const edge = (from, to) => page.locator('.map-edge', { hasText: `${from} to ${to}:` });
const focused = () => page.evaluate(() => document.activeElement.innerText.replace(/\s+/g, ' '));

test('callers stand left of callees, with rates, latencies and faults in words', async () => {
  await open();
  const left = async (name) => (await node(name).boundingBox()).x;
  const order = ['clients', 'payments', 'fraud', 'INSERT entries'];
  const xs = [];
  for (const name of order) xs.push(await left(name));
  assert.deepEqual(xs.slice().sort((a, b) => a - b), xs);

  const [, , node99] = /^payments 25 % faults [\d.]+\/(s|min) · p99 (\d+) ms$/
    .exec(inOneLine(await node('payments').innerText()));
  assertNear(node99, 800);
  const [, , edge99] = /^payments to fraud: [\d.]+\/(s|min) 25 % faults p99 (\d+) ms$/
    .exec(inOneLine(await edge('payments', 'fraud').innerText()));
  assertNear(edge99, 400);
  assert.ok(await edge('payments', 'fraud').evaluate((one) => one.classList.contains('is-fault')));
  assert.match(inOneLine(await node('ledger').innerText()), /^ledger ok /);
  assert.equal(await page.locator('.map-line').count(), await page.locator('.map-edge').count());
});

test('an edge opens its figures and histogram, and leads to the traces by a written filter',
  async () => {
    await open();
    await edge('payments', 'fraud').click();
    const panel = page.locator('.drawer');
    assert.equal(await panel.locator('h2').innerText(), 'payments → fraud');
    const figures = inOneLine(await panel.locator('.figures').innerText());
    assert.match(figures, /Requests 8 .* Faults 2 25 % .* Longest \d+ ms/);
    assertNear(/Longest (\d+) ms/.exec(figures)[1], 400);
    assert.ok(await panel.locator('.histogram rect').count() > 3);
    const written = async () => panel.locator('.search-links code').allInnerTexts();
    assert.deepEqual((await written()).slice(1), ['payments fraud', 'payments fraud fault']);

    const range = panel.getByRole('slider');
    await range.fill('0');
    const [all] = await written();
    await range.press('End');
    const [longest] = await written();
    assert.match(all, /^payments fraud duration>=0\.0\d+$/);
    assert.match(longest, /^payments fraud duration>=0\.3\d+$/);

    await panel.locator('.search-links a', { hasText: 'payments fraud fault' }).click();
    await page.waitForFunction(() => document.querySelectorAll('.row').length === 2);
    assert.equal(await page.locator('input[type=search]').inputValue(), 'payments fraud fault');
  });

test('the search by duration lists what the histogram promised', async () => {
  await page.goto(`${console_.url}/#xray:traces?q=payments+duration%3E%3D0.55`);

  await page.waitForFunction(() => document.querySelectorAll('.row').length === 3);
});

test('a node opens its figures and its calls, and the address remembers it', async () => {
  await open();
  await node('payments').click();
  const panel = page.locator('.drawer');
  await panel.locator('h2', { hasText: 'payments' }).waitFor();
  const lists = await panel.locator('.call-list').allInnerTexts();
  assert.match(inOneLine(lists[0]), /fraud .* 25 % faults .*ledger/);
  assert.match(inOneLine(lists[1]), /clients/);

  await page.reload();
  await page.locator('.drawer h2', { hasText: 'payments' }).waitFor();
  await panel.locator('.call-list a', { hasText: 'ledger' }).click();
  await panel.locator('h2', { hasText: 'payments → ledger' }).waitFor();
  await panel.getByRole('button', { name: 'Close details' }).click();
  await panel.waitFor({ state: 'detached' });
  assert.equal(new URL(page.url()).hash, '#xray:service-map');
});

test('a database says that its traces are found through its caller', async () => {
  await open();
  await node('INSERT entries').click();

  await page.getByText('The search does not know INSERT entries').waitFor();
  assert.deepEqual(await page.locator('.search-links code').allInnerTexts(), ['ledger']);
});

test('keys alone walk along the calls, open, close and leave', async () => {
  await open();
  await page.keyboard.press('j');
  await becomes(page, focused, /^clients/);
  const walk = [['ArrowRight', /^clients to payments/], ['ArrowRight', /^payments \d/],
    ['ArrowRight', /^payments to /], ['ArrowDown', /^payments to /], ['ArrowUp', /^payments to /],
    ['ArrowRight', /^(fraud|ledger) /], ['ArrowLeft', /^payments to /],
    ['ArrowLeft', /^payments \d/]];
  for (const [key, words] of walk) {
    await page.keyboard.press(key);
    await becomes(page, focused, words);
  }
  await page.keyboard.press('Enter');
  await page.locator('.drawer h2', { hasText: /^payments$/ }).waitFor();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await page.locator('.drawer h2', { hasText: 'clients → payments' }).waitFor();

  await page.keyboard.press('Escape');
  await page.locator('.drawer').waitFor({ state: 'detached' });
  await becomes(page, focused, /^clients to payments/);
  await page.keyboard.press('Tab');
  assert.notEqual(await focused(), '');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.overview-room');
});

test('tab goes from node to node', async () => {
  await open();
  await page.locator('.map-scroller').focus();
  const seen = [];
  for (let stop = 0; stop < 5; stop += 1) {
    await page.keyboard.press('Tab');
    seen.push((await focused()).split(' ')[0]);
  }
  assert.deepEqual([...seen].sort(), ['INSERT', 'clients', 'fraud', 'ledger', 'payments']);
});

test('figures arrive live, and nothing moves while who calls whom stays the same', async () => {
  await open();
  const places = () => page.locator('.map-node').evaluateAll((all) => all.map(
    ({ innerText, style }) => `${innerText.split('\n')[0]} ${style.left} ${style.top}`));
  const before_ = await places();
  const words = await node('payments').innerText();
  for (let at = 0; at < 9; at += 1) await console_.add(system({ start: now() - 9 + at }));

  await page.waitForFunction((old) => [...document.querySelectorAll('.map-node')]
    .every((one) => one.innerText !== old), words);
  assert.deepEqual(await places(), before_);
});

test('markup in names stays text', async () => {
  await console_.add(hostile({ start: now() - 9 }));
  await open();
  const evil = page.locator('.map-node', { hasText: '<img src=x' }).first();
  await evil.click();

  await page.locator('.drawer h2', { hasText: '<img src=x' }).waitFor();
  assert.equal(await page.locator('main img').count(), 0);
  assert.equal(await page.evaluate(() => window.broken), undefined);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 1280);
});

test('on a phone nodes are cards, the map scrolls, and the panel is a sheet', async () => {
  await closePage(page);
  page = await openPage(browser, { size: phone });
  await open();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 375);
  const cards = (await page.locator('.map-card .map-name').allInnerTexts());
  assert.deepEqual([...cards].sort(), ['INSERT entries', 'clients', 'fraud', 'ledger', 'payments']);
  assert.ok(!['ledger', 'INSERT entries'].includes(cards[0]), cards[0]);
  for (const card of await page.locator('.map-card').all()) {
    assert.ok((await card.boundingBox()).height >= 56);
  }
  const map = page.locator('.map-scroller');
  assert.ok(await map.evaluate((one) => one.scrollWidth > one.clientWidth));
  // What fails is in sight without scrolling.
  const box = await page.locator('.map-node.is-fault').first().boundingBox();
  assert.ok(box.x >= 0 && box.x + box.width <= 375, `${box.x}`);

  await page.locator('.map-card', { hasText: 'fraud' }).tap();
  const sheet = await page.locator('.drawer').boundingBox();
  assert.deepEqual([sheet.x, sheet.width, sheet.y + sheet.height], [0, 375, 760]);
  await page.getByRole('button', { name: 'Close details' }).tap();
  await page.waitForSelector('.drawer', { state: 'detached' });
});

test('a map of 256 nodes and 1024 edges with circles is drawn in a moment', { skip: mockOnly },
  async (t) => {
    const stats = { requests: 9, ok: 8, error: 0, throttle: 0, fault: 1, p50: 0.1, p99: 1, max: 1 };
    const seen = new Set();
    const edges = Array.from({ length: 1400 }, (_, at) => ({ from: 1 + ((at * 7) % 256),
      to: 1 + ((at * at * 31 + 11) % 256), ...stats, histogram: [[0.1, 8], [1, 1]] }))
      .filter(({ from, to }) => !seen.has(`${from} ${to}`) && seen.add(`${from} ${to}`));
    const nodes = Array.from({ length: 256 }, (_, at) => ({ id: at + 1, name: `service ${at + 1}`,
      kind: 'service', root: at === 0, ...stats }));
    const map = { start: now() - 300, end: now(), nodes, edges: edges.slice(0, 1024),
      truncated: true };
    console_.mock.planted = { ...console_.mock.overview(), map };
    await open();
    await page.getByText('there are more than a map can show').waitFor();
    assert.equal(await page.locator('.map-node').count(), 256);
    const took = await page.evaluate(async () => {
      const began = performance.now();
      location.hash = '#xray:service-map?node=service:service%207';
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      return performance.now() - began;
    });
    t.diagnostic(`opening a panel beside it took ${took.toFixed(0)} ms`);
    assert.ok(took < 1500, `${took} ms`);
    await page.goto(`${console_.url}/#xray:overview`);
    await page.locator('.card-map', { hasText: 'the 12 that matter most are shown' }).waitFor();
    console_.mock.planted = null;
  });

test('who asked for less motion sees none', async () => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await open();
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
});
