// SPDX-License-Identifier: Apache-2.0
// The Logs room in a real browser.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { becomes, closePage, inOneLine, isReal, logs, mockOnly, now, openBrowser, openConsole,
  openPage, phone, shotPath, traceLink } from './harness.mjs';
import { event, hostileLines, line, linesOfCharge, plantedLines } from './log_events.mjs';
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

const open = (tail = '') => page.goto(console_.url + logs + tail);
const lineCount = (count) => page.waitForFunction(
  (wanted) => document.querySelectorAll('.line').length === wanted, count);
const liveWord = (word) => page.locator('.live-word', { hasText: word }).waitFor();
const hash = () => new URL(page.url()).hash;
const field = () => page.getByRole('searchbox', { name: 'Search logs' });

/// Lines in sight, top first.
async function texts() {
  const rows = await page.locator('.line').evaluateAll((elements) => elements.map((element) => ({
    top: element.getBoundingClientRect().top,
    text: element.querySelector('.line-head').innerText.replace(/\s+/g, ' ').trim(),
  })));
  return rows.sort((a, b) => a.top - b.top).map((row) => row.text);
}

test('without lines, Logs says which two lines send the first', async () => {
  await open();

  const lines = (await page.locator('.paste code').innerText()).split('\n');
  const { listen } = await (await fetch(`${console_.url}/api/status`)).json();
  assert.match(lines[0], new RegExp('^export ALOFT_LOGS_EXPORTER=cloudwatch '
    + `AWS_ENDPOINT_URL_CLOUDWATCH_LOGS=http://${listen.xray} AWS_REGION=`));
  assert.equal(lines.length, 2);
});

test('a line says when, how grave, where, for whom, what, and the fields that say most',
  async () => {
    const time = now() - 70;
    await console_.addLines([line({ time, level: 'WARN', message: 'issuer slow', tenant: 'globex',
      fields: { took: 1.2, card: '[redacted:pan *1881]', error: { code: 'timeout',
        message: 'no answer' } } })]);
    await open();
    await lineCount(1);

    assert.match((await texts())[0], new RegExp('^1 min ago WARN payments globex issuer slow '
      + 'error=timeout: no answer took=1.2 card= ?redacted: ?pan ?\\*1881$'));
    const absolute = await page.locator('.line-time').getAttribute('title');
    const shown = new Date(absolute.replace(' ', 'T')).getTime() / 1000;
    assert.ok(Math.abs(shown - time) < 0.0015, absolute);
    assert.equal(await page.locator('.line .level .icon').count(), 1);
  });

test('log lines arrive by themselves, newest first', async () => {
  await open();
  await liveWord('Live');
  await console_.addLines([line({ time: now() - 20, message: 'first' })]);
  await lineCount(1);
  await console_.addLines([line({ time: now() - 10, message: 'second' })]);
  await lineCount(2);

  const [newest, oldest] = await texts();
  assert.match(newest, /second/);
  assert.match(oldest, /first/);
});

test('p, a touch and a scroll stop the tail, and going on shows what waited', async () => {
  await console_.addLines(plantedLines(now() - 10, 80));
  await open();
  await page.waitForSelector('.line');
  await liveWord('Live');
  await page.keyboard.press('p');
  await liveWord('Paused');
  await console_.addLines([line({ time: now(), message: 'while paused' })]);
  await page.locator('.waiting', { hasText: '1 new' }).waitFor();
  assert.doesNotMatch((await texts())[0], /while paused/);
  await page.keyboard.press('p');
  await liveWord('Live');
  await becomes(page, async () => (await texts())[0], /while paused/);

  await page.locator('.line-scroller').evaluate((element) => element.scrollTo(0, 560));
  await liveWord('Held');
  await page.getByRole('button', { name: 'Go on' }).click();
  await liveWord('Live');
  assert.equal(await page.locator('.line-scroller').evaluate((element) => element.scrollTop), 0);

  const { x, y } = await page.locator('.line-scroller').boundingBox();
  await page.mouse.move(x + 300, y + 200);
  await page.mouse.down();
  await liveWord('Held');
  await page.mouse.up();
  await console_.addLines([line({ time: now(), message: 'while touched' })]);
  await page.locator('.waiting', { hasText: '1 new' }).click();
  await liveWord('Live');
  await becomes(page, async () => (await texts())[0], /while touched/);
});

test('redacted values are chips with their class, beside the message and in the tree', async () => {
  await console_.addLines([line({ time: now() - 9, message: 'refund of [redacted:pan *1881]',
    fields: { email: '[redacted:email 2026-11/cfhpnbkoaiedgmlj]', key: '[redacted:credential]',
      nested: { phone: '[redacted:phone]', text: 'call [redacted:phone] or [redacted:ssn]' } } })]);
  await open();
  await lineCount(1);
  const chips = page.locator('.line-head .redacted');
  await becomes(page, async () => (await chips.allInnerTexts()).map(inOneLine),
    ['redacted: pan *1881', 'redacted: email #cfhpnb', 'redacted: credential']);
  assert.equal(await chips.first().getAttribute('title'),
    'card number, taken out; last digits 1881: [redacted:pan *1881]');

  await page.locator('.line-head').click();
  await page.locator('.line-body summary', { hasText: 'nested' }).click();
  await becomes(page, async () => (await page.locator('.line-body .redacted').allInnerTexts())
    .map((text) => inOneLine(text).replace('redacted: ', '')).sort(),
  ['credential', 'email #cfhpnb', 'pan *1881', 'phone', 'phone', 'ssn']);
  await page.screenshot({ path: shotPath('logs-redacted') });
});

test('a line folds open to its JSON, and those below it make room', async () => {
  const fields = { amount_minor: 4200, deep: { list: [1, 2] } };
  await console_.addLines([line({ time: now() - 5, message: 'upper', fields }),
    line({ time: now() - 9, message: 'lower' })]);
  await open();
  await lineCount(2);
  await page.locator('.line-head', { hasText: 'upper' }).click();

  const body = page.locator('.line-body');
  await becomes(page, () => body.locator('.json').innerText(),
    /message upper[\s\S]*amount_minor 4200[\s\S]*deep/);
  await body.locator('summary', { hasText: 'deep' }).click();
  await becomes(page, async () => {
    const [upper, lower] = await page.locator('.line').evaluateAll((all) => all
      .map((one) => one.getBoundingClientRect()).sort((a, b) => a.top - b.top));
    return Math.abs(upper.bottom - lower.top) <= 1;
  }, true);
  await page.locator('.line-head', { hasText: 'upper' }).click();
  await body.waitFor({ state: 'detached' });
});

test('an event that is no JSON is shown as the text it is', async () => {
  await console_.addLines([event({ time: now() - 5, message: 'plain text\nin two lines' })]);
  await open();
  await lineCount(1);
  assert.match((await texts())[0], /plain text in two lines$/);

  await page.locator('.line-head').click();
  assert.equal(await page.locator('.line-raw').innerText(), 'plain text\nin two lines');
});

test('from a line to its span, and back to the line', async () => {
  const documents = charge({ start: now() - 5, status: 503, tenant: 'globex', duration: 0.812 });
  const id = await console_.add(documents);
  await console_.addLines(linesOfCharge(documents));
  await open();
  await lineCount(4);
  await page.locator('.line-head', { hasText: 'model slow' }).click();
  await page.getByRole('link', { name: 'Its span' }).click();

  await page.waitForSelector('.span-row.is-selected');
  assert.equal(hash(), `#xray:traces/${id}?span=${documents[1].id}`);
  await page.locator('.drawer .span-lines', { hasText: 'model slow' }).waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.locator('.line.is-selected', { hasText: 'model slow' }).waitFor();
  await page.waitForFunction(() =>
    document.activeElement.closest('.line')?.classList.contains('is-selected'));
});

test('all lines of one request are one click from any of them', async () => {
  await console_.addLines([
    line({ time: now() - 5, request: 'r-"1"\\x', message: 'mine' }),
    line({ time: now() - 6, request: 'r-"1"\\x', message: 'mine too', service: 'ledger' }),
    line({ time: now() - 7, request: 'r-2', message: 'of another' }),
  ]);
  await open('?level=INFO');
  await lineCount(3);
  await page.locator('.line-head', { hasText: 'mine' }).first().click();
  await page.getByRole('link', { name: 'Lines of this request' }).click();

  await lineCount(2);
  assert.equal(await field().inputValue(), '{ $.request_id = "r-\\"1\\"\\\\x" }');
  assert.equal(await page.locator('.filter-chips .chip').count(), 0);
  await page.goBack();
  await lineCount(3);
});

test('a search of lines lives in the address, comes back from it, and only its lines arrive',
  async () => {
    await console_.addLines([line({ time: now() - 9, message: 'issuer slow' }),
      line({ time: now() - 8, message: 'charge accepted' })]);
    await open();
    await lineCount(2);
    await page.keyboard.press('/');
    await page.keyboard.type('slow -ledger');
    await lineCount(1);
    assert.equal(hash(), '#logsV2:logs-insights?q=slow+-ledger');

    await page.reload();
    await lineCount(1);
    await liveWord('Live');
    await console_.addLines([line({ time: now() - 1, message: 'accepted' }),
      line({ time: now(), message: 'slow again' }),
      line({ time: now(), message: 'slow', service: 'ledger' })]);
    await lineCount(2);
    await field().fill('nothing like this');
    await page.getByText('No line matches this search.').waitFor();
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await lineCount(5);
  });

test('facets narrow by a click, stand as chips and in the address, and come off', async () => {
  await console_.addLines(plantedLines(now() - 10, 60));
  await open();
  const value = (name, text) => page.getByRole('region', { name })
    .getByRole('button', { name: text });
  await value('Level', 'ERROR').waitFor();
  assert.match(inOneLine(await value('Level', 'ERROR').innerText()), /^ERROR 10$/);
  assert.match(inOneLine(await value('Tenant', 'globex').innerText()), /^globex 20$/);
  await value('Level', 'ERROR').click();
  await lineCount(10);
  await value('Tenant', 'globex').click();
  await becomes(page, hash, '#logsV2:logs-insights?level=ERROR&tenant=globex');
  await becomes(page, async () => new Set((await texts()).map((text) =>
    /(ERROR) \w+ (globex)/.exec(text)?.slice(1).join())), new Set(['ERROR,globex']));
  assert.equal(await value('Level', 'ERROR').getAttribute('aria-pressed'), 'true');

  const chips = page.locator('.filter-chips .chip');
  assert.deepEqual((await chips.allInnerTexts()).map(inOneLine),
    ['level ERROR , take off', 'tenant globex , take off']);
  await page.screenshot({ path: shotPath('logs-narrowed') });
  await chips.first().click();
  await becomes(page, hash, '#logsV2:logs-insights?tenant=globex');
  await lineCount(20);
  await chips.first().click();
  await becomes(page, hash, '#logsV2:logs-insights');
});

test('lines can be narrowed to a stretch of time', async () => {
  await console_.addLines([line({ time: now() - 1000, message: 'long ago' }),
    line({ time: now() - 10, message: 'just now' })]);
  await open();
  await lineCount(2);
  await page.getByLabel('Time').selectOption('Last 15 minutes');

  await lineCount(1);
  assert.equal(hash(), '#logsV2:logs-insights?minutes=15');
});

test('a mistake in a pattern or a query is underlined, and the lines stay', async () => {
  await console_.addLines([line({ time: now() - 9 })]);
  await open();
  await lineCount(1);
  await field().fill('é "open');
  const mistake = page.locator('.search-mistake');
  await mistake.waitFor();
  assert.equal(await mistake.locator('mark').innerText(), '"open');
  assert.equal(await field().getAttribute('aria-invalid'), 'true');
  assert.equal(await page.locator('.line').count(), 1);

  await field().fill('fields message | explode');
  await becomes(page, () => mistake.locator('mark').innerText(), /explode$/);
  await field().fill('');
  await mistake.waitFor({ state: 'detached' });
});

test('words that begin like a query stay words, and live', async () => {
  await open('?q=limit+exceeded');
  await liveWord('Live');
  await console_.addLines([line({ time: now(), message: 'limit of cards exceeded' })]);

  await lineCount(1);
});

test('an id that was pasted is searched in quotes by one click', async () => {
  await console_.addLines([line({ time: now() - 9, request: 'r-503', message: 'mine' }),
    line({ time: now() - 8, request: 'r-504', message: 'of another' })]);
  await open();
  await lineCount(2);
  await field().fill('r-503');
  const mistake = page.locator('.search-mistake');
  await mistake.waitFor();
  assert.equal(await mistake.locator('mark').innerText(), '-503');
  await mistake.getByRole('button', { name: 'Search "r-503"' }).click();

  await lineCount(1);
  assert.equal(await field().inputValue(), '"r-503"');
  assert.equal(await mistake.count(), 0);
});

test('an Insights query answers with a table that sorts, of which few rows exist', async () => {
  await console_.addLines(plantedLines(now() - 10, 300));
  await open('?q=fields+level%2Cservice%2Cmessage');
  const table = page.getByRole('table');
  await table.waitFor();
  const heads = await table.getByRole('columnheader').allInnerTexts();
  assert.deepEqual(heads.map((head) => head.trim()), ['level', 'service', 'message']);
  assert.ok(await table.locator('tbody tr').count() < 100);
  await page.locator('.table-words', { hasText: '300 rows' }).waitFor();
  await page.locator('.facet-value', { hasText: 'globex' }).locator('text=100').waitFor();
  assert.equal(await page.locator('.live-word').count(), 0);

  const column = (at) => table.locator('tbody tr:not([aria-hidden])').first().locator('td').nth(at);
  await page.getByRole('button', { name: 'level' }).click();
  await becomes(page, () => column(0).innerText(), 'DEBUG');
  assert.equal(await table.getByRole('columnheader').first().getAttribute('aria-sort'),
    'ascending');
  await page.getByRole('button', { name: 'level' }).click();
  await becomes(page, () => column(0).innerText(), 'WARN');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await becomes(page, async () => inOneLine(await page.locator('.row-panel').innerText()),
    'level WARN service payments message issuer slow');
  await page.keyboard.press('Escape');
  await page.locator('.row-panel').waitFor({ state: 'detached' });
  await page.locator('.table-scroller').evaluate((element) => element.scrollTo(0, 1e6));
  await becomes(page, () => table.locator('tbody tr').last().locator('td').first().innerText(),
    'DEBUG');
});

test('a long cell is read whole in the panel of its row, with its tree and chips', async () => {
  await console_.addLines([line({ time: now() - 9, message: 'x'.repeat(900),
    fields: { card: '[redacted:pan *1881]', deep: { a: 1 } } })]);
  await open('?q=fields+%40message');
  await page.locator('.log-table tbody td').first().click();
  const panel = page.getByRole('complementary', { name: 'Row', exact: true });
  await panel.locator('.json').waitFor();

  assert.ok((await panel.innerText()).includes('x'.repeat(900)));
  assert.equal(await panel.locator('.redacted').count(), 1);
  await panel.getByRole('button', { name: 'Close row' }).click();
  await panel.waitFor({ state: 'detached' });
});

test('a query that counts is sorted by number, and a new answer is asked for', async () => {
  // 12, 8 and 4: in the order of characters 12 would be first.
  await console_.addLines(plantedLines(now() - 10, 24));
  await open();
  await page.waitForSelector('.line');
  await field().fill('stats count(*) by service');
  const rows = async () => (await page.locator('.log-table tbody tr').allInnerTexts())
    .map(inOneLine);
  await page.waitForSelector('.log-table');
  await page.getByRole('button', { name: 'count(*)' }).click();
  await becomes(page, rows, ['ledger 4', 'fraud 8', 'payments 12']);

  await console_.addLines(plantedLines(now(), 12));
  await page.getByRole('button', { name: 'Ask again' }).click();
  await becomes(page, rows, ['ledger 6', 'fraud 12', 'payments 18']);
  await field().fill('');
  await page.waitForSelector('.line');
  assert.equal(await page.locator('.log-table').count(), 0);
});

test('more lines than a page go on by a button', async () => {
  await console_.addLines(plantedLines(now() - 10, 130));
  await open();
  await page.waitForSelector('.line');
  assert.equal(await page.locator('.line').first().getAttribute('aria-setsize'), '100');
  assert.ok(await page.locator('.line').count() < 80);

  await page.getByRole('button', { name: 'Older lines' }).click();
  await page.locator('.line[aria-setsize="130"]').first().waitFor();
  await page.getByText('That is all.').waitFor();
});

test('keys alone go to Logs, through lines, into one and to its span', async () => {
  const documents = charge({ start: now() - 5, status: 503, duration: 0.812 });
  await console_.add(documents);
  await console_.addLines([...plantedLines(now() - 20, 60), ...linesOfCharge(documents)]);
  await page.goto(console_.url);
  await page.locator('.live-word', { hasText: 'Live' }).waitFor();
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await page.waitForSelector('.line');
  assert.equal(hash(), '#logsV2:logs-insights');
  for (let press = 0; press < 41; press += 1) await page.keyboard.press('j');
  await page.keyboard.press('k');
  const place = () => page.evaluate(() =>
    document.activeElement.closest('.line')?.getAttribute('aria-posinset'));
  await becomes(page, place, '40');
  const box = await page.locator('.line.is-selected').boundingBox();
  assert.ok(box.y > 0 && box.y + box.height <= 800);

  for (let press = 0; press < 38; press += 1) await page.keyboard.press('k');
  await becomes(page, place, '2');
  await page.keyboard.press('Enter');
  await page.locator('.line.is-open .line-body').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('.line-body').waitFor({ state: 'detached' });
  await page.keyboard.press('s');
  await page.waitForSelector('.span-row.is-selected');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await becomes(page, place, '2');
  await page.keyboard.press('Escape');
  await becomes(page, async () => page.locator('.line.is-selected').count(), 0);
  await page.keyboard.press('p');
  await liveWord('Live');
  await page.keyboard.press('j');
  await page.keyboard.press('r');
  await lineCount(4);
  assert.equal(await field().inputValue(), '{ $.request_id = "r-503" }');
});

test('another search begins at its newest line', async () => {
  await console_.addLines(plantedLines(now() - 10, 90));
  await open();
  await page.waitForSelector('.line');
  const scroller = page.locator('.line-scroller');
  await scroller.evaluate((element) => element.scrollTo(0, 900));
  await liveWord('Held');
  await page.locator('.facet-value', { hasText: 'payments' }).click();
  await page.locator('.line[aria-setsize="45"]').first().waitFor();

  await becomes(page, () => scroller.evaluate((element) => element.scrollTop), 0);
  await liveWord('Live');
});

test('markup, deceit and broken JSON in lines stay text', async () => {
  await console_.addLines(hostileLines(now() - 9));
  await open();
  await lineCount(4);
  const text = (await texts()).join('\n');
  assert.ok(text.includes(markup), text);
  assert.ok(text.includes('‹U+202E›'), text);
  assert.ok(text.includes('<i>evil</i>'), text);
  for (const one of await page.locator('.line-twisty').all()) await one.click();
  const folded = page.locator('.line-body details:not([open]) > summary');
  while (await folded.count() > 0) await folded.first().click();
  assert.equal(await page.locator('main img, main script, main i').count(), 0);
  assert.equal(await page.evaluate(() => window.broken), undefined);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 1280);
  await page.screenshot({ path: shotPath('logs-hostile') });
});

test('a search is copied as a command of the aws CLI', async () => {
  await console_.addLines([line({ time: now() - 9, level: 'ERROR' })]);
  await open('?q=charge&level=ERROR');
  await lineCount(1);
  await page.getByRole('button', { name: 'aws', exact: true }).click();
  await page.getByText('Copied the search as aws command.').waitFor();

  const { listen } = await (await fetch(`${console_.url}/api/status`)).json();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()),
    `aws logs filter-log-events --endpoint-url http://${listen.xray} `
    + '--log-group-name /aloft/payments '
    + "--filter-pattern 'charge \"\\\"level\\\":\\\"ERROR\\\"\"'\n");
});

test('text of a line can be selected without folding it', async () => {
  await console_.addLines([line({ time: now() - 9, message: 'select me please' })]);
  await open();
  await lineCount(1);
  const { x, y } = await page.locator('.line-message').boundingBox();
  await page.mouse.move(x + 2, y + 8);
  await page.mouse.down();
  await page.mouse.move(x + 60, y + 8, { steps: 4 });
  await page.mouse.up();

  assert.match(await page.evaluate(() => String(document.getSelection())), /^select/);
  assert.equal(await page.locator('.line-body').count(), 0);
});

test('forgetting lines asks first', async () => {
  await console_.addLines([line({ time: now() - 9 })]);
  await open();
  await lineCount(1);
  await page.getByRole('button', { name: 'Clear' }).click();
  assert.equal(await page.locator('.line').count(), 1);

  await page.getByRole('button', { name: 'Forget all lines of all groups?' }).click();
  await page.getByText('No log lines yet').waitFor();
});

test('a console that cannot send every line is told of, and the newest are shown',
  { skip: mockOnly }, async () => {
    await open();
    await liveWord('Live');
    await console_.addLines(plantedLines(now() - 10, 1500));
    await page.getByText('Lines come faster than they can be shown one by one.').waitFor();

    await page.waitForSelector('.line');
    assert.equal(await page.locator('.line').first().getAttribute('aria-setsize'), '100');
    assert.match((await texts())[0], /^1\d s ago/);
  });

test('lines that came while the tail was being set up are there', { skip: mockOnly }, async () => {
  const { logs: mock } = console_.mock;
  await console_.addLines([line({ time: now() - 20, message: 'before' })]);
  let early;
  mock.greet = (reader) => {
    mock.readers.delete(reader);
    early = reader;
  };
  await open();
  await liveWord('Live');
  await becomes(page, async () => early !== undefined, true);
  // The reading of a console that never says it is ready.
  await console_.addLines([line({ time: now() - 9, message: 'missed by the tail' })]);
  await lineCount(2);

  await console_.addLines([line({ time: now() - 8, message: 'missed again' })]);
  delete mock.greet;
  mock.readers.add(early);
  mock.greet(early);
  await lineCount(3);
  assert.match((await texts())[0], /missed again/);
});

test('lines that the console forgot go, also where others came at once', async () => {
  await console_.addLines(plantedLines(now() - 20, 3));
  await open();
  await lineCount(3);
  await liveWord('Live');
  await fetch(`${console_.url}/api/logs`,
    { method: 'DELETE', headers: { 'x-requested-with': 'aloft' } });
  await console_.addLines([line({ time: now(), message: 'after it' })]);

  await lineCount(1);
  assert.match((await texts())[0], /after it/);
});

test('a console that is busy says so, keeps what is on screen, and is asked again',
  { skip: mockOnly }, async () => {
    console_.mock.logs.failures = 2;
    await console_.addLines([line({ time: now() - 9 })]);
    await open();
    await page.getByText('The lines could not be read: The console is busy.').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await becomes(page, async () => console_.mock.logs.failures, 0);
    await page.getByRole('button', { name: 'Try again' }).click();

    await lineCount(1);
    await liveWord('Live');
    assert.equal(await page.getByText('could not be read').count(), 0);
  });

test('a room that was entered while the console was gone fills when it is back',
  { skip: mockOnly }, async () => {
    await console_.addLines([line({ time: now() - 9, message: 'here again' })]);
    await page.goto(`${console_.url}/#xray:traces`);
    await liveWord('Live');
    const { port } = console_.mock;
    await console_.mock.close();
    await page.getByText('The console does not answer.').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('l');
    await page.waitForSelector('.logs-room');
    await console_.mock.listen(port);

    await lineCount(1);
    await liveWord('Live');
  });

test('older lines are added though the tail was read anew meanwhile', { skip: mockOnly },
  async () => {
    await console_.addLines(plantedLines(now() - 30, 150));
    await open();
    await page.waitForSelector('.line');
    await liveWord('Live');
    let goOn;
    const gate = new Promise((done) => (goOn = done));
    await page.route(/\/api\/logs\?.*before=/, async (route) => {
      await gate;
      await route.continue();
    });
    await page.locator('.line-scroller').evaluate((one) => one.scrollTo(0, one.scrollHeight));
    await page.getByRole('button', { name: 'Older lines' }).click();
    const again = page.waitForResponse((response) => /\/api\/logs\?/.test(response.url()));
    for (const reader of console_.mock.logs.readers) console_.mock.logs.greet(reader);
    await again;
    goOn();

    await page.waitForSelector('.line[aria-setsize="150"]');
  });

test('an answer from which rows were left out says so', { skip: mockOnly }, async () => {
  await console_.addLines(plantedLines(now() - 30, 501));
  await open('?q=fields%20message');

  await page.getByText('500 rows (there are more').waitFor();
});

test('of an event with very many members or a very long message a part is shown', async () => {
  const fields = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`k${at}`, at]));
  const long = { level: 'INFO', message: 'm'.repeat(30_000), ...fields };
  await console_.addLines([event({ time: now() - 9, message: JSON.stringify(long) })]);
  await open();
  await lineCount(1);
  assert.equal((await page.locator('.line-message').textContent()).length, 2001);

  await page.locator('.line-head').click();
  await page.locator('.line-body .json').waitFor();
  assert.equal(await page.locator('.line-body .json > li').count(), 101);
  await page.getByRole('button', { name: '202 more' }).click();
  assert.equal(await page.locator('.line-body .json > li').count(), 201);
});

test('out of the room its stream ends, and coming back what was missed is there', async () => {
  await console_.addLines(plantedLines(now() - 20, 3));
  await open();
  await lineCount(3);
  await liveWord('Live');
  await page.keyboard.press('g');
  await page.keyboard.press('o');
  await page.waitForSelector('.overview-room');
  if (!isReal) await becomes(page, async () => console_.mock.logs.readers.size, 0);
  await console_.addLines([line({ time: now(), message: 'meanwhile' })]);

  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await lineCount(4);
  assert.match((await texts())[0], /meanwhile/);
});

test('on a phone lines are cards within the width, and a thumb folds one open', async () => {
  await closePage(page);
  page = await openPage(browser, { size: phone });
  await console_.addLines([...plantedLines(now() - 20, 30), ...hostileLines(now() - 5)]);
  await open();
  await page.waitForSelector('.line');
  assert.equal((await page.locator('.line').first().boundingBox()).height, 92);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 375);
  for (const control of await page.locator('button:visible, select:visible').all()) {
    assert.ok((await control.boundingBox()).height >= 40, await control.innerText());
  }
  await page.locator('summary', { hasText: 'Narrow to' }).tap();
  await page.locator('.facet-value', { hasText: 'WARN' }).tap();
  await lineCount(5);
  await page.locator('summary', { hasText: 'Narrow to' }).tap();
  await page.locator('.line-head').first().tap();
  await page.locator('.line-body .json').waitFor();
  await page.screenshot({ path: shotPath('logs-card-open') });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 375);
});

test('a trace that never came leads to its lines', async () => {
  const documents = charge({ start: now() - 5, status: 503 });
  await console_.addLines(linesOfCharge(documents));
  await page.goto(console_.url + traceLink(documents[0].trace_id));
  await page.getByRole('link', { name: 'Its log lines' }).click();

  await lineCount(4);
  assert.equal(hash(), `#logsV2:logs-insights?trace=${documents[0].trace_id}`);
});
