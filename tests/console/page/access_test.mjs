// SPDX-License-Identifier: Apache-2.0
// Axe on every room, in both themes, at both widths; a screenshot of each for people to look at.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { axeSource, closePage, desktop, list, logs, mockOnly, now, openBrowser, openConsole,
  openPage, phone, shotPath, traceLink } from './harness.mjs';
import { hostileLines, linesOfCharge, plantedLines } from './log_events.mjs';
import { charge, hostile, system, unfinished } from './traces.mjs';

const axe = readFileSync(axeSource, 'utf8');
let browser;
let console_;
let faultId;

before(async () => {
  [browser, console_] = await Promise.all([openBrowser(), openConsole()]);
  const statuses = [201, 402, 201, 429, 201, 404, 201, 201];
  for (const [index, status] of [...statuses, ...statuses, ...statuses].entries()) {
    const tenant = ['acme', 'globex', 'initech'][index % 3];
    const duration = 0.004 * 1.25 ** index;
    await console_.add(charge({ start: now() - 90 + index, status, tenant, duration }));
  }
  await console_.add(hostile({ start: now() - 40 }));
  await console_.add(unfinished({ start: now() - 8 }));
  for (let index = 0; index < 12; index += 1) {
    const status = index % 4 === 0 ? 503 : 201;
    await console_.add(system({ start: now() - 60 + index, status, tenant: 'globex' }));
  }
  const fault = { start: now() - 5, status: 503, tenant: 'globex', duration: 0.812 };
  const documents = charge(fault);
  faultId = await console_.add(documents);
  await console_.addLines([...plantedLines(now() - 30, 60), ...hostileLines(now() - 20),
    ...linesOfCharge(documents)]);
});
after(async () => {
  await browser.close();
  await console_.close();
});

/// Puts axe outside the page's own world, so that its policy needs no exception for the checker.
/// That world lives as long as the document: going to another room keeps it.
async function openAxe(page) {
  const session = await page.context().newCDPSession(page);
  const { frameTree } = await session.send('Page.getFrameTree');
  const { executionContextId: contextId } = await session.send('Page.createIsolatedWorld',
    { frameId: frameTree.frame.id, worldName: 'axe' });
  await session.send('Runtime.evaluate', { expression: axe, contextId });
  return async (name) => {
    const { result } = await session.send('Runtime.evaluate', {
      contextId, awaitPromise: true, returnByValue: true,
      expression: `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
        violations.map((one) => one.id + ': ' + one.nodes.map((node) => node.html).join(' | ')))`,
    });
    await page.screenshot({ path: shotPath(name) });
    assert.deepEqual(result.value, [], name);
  };
}

/// The rooms in the order in which one page visits them.
const rooms = {
  overview: (page) => page.waitForSelector('.problems'),
  'overview-unfolded': async (page) => {
    const more = page.locator('.problems > button');
    if (await more.count() > 0) await more.click();
    await page.locator('.chart svg').first().hover();
  },
  map: async (page) => {
    await page.keyboard.press('g');
    await page.keyboard.press('m');
    await page.waitForSelector('.map-node');
  },
  'map-with-a-node': async (page) => {
    await page.locator('.map-node.is-fault').first().click();
    await page.waitForSelector('.drawer .figures');
  },
  'map-with-an-edge': async (page) => {
    await page.locator('.call-list a').first().click();
    await page.waitForSelector('.drawer .histogram');
  },
  list: async (page) => {
    await page.goto(console_.url + list);
    await page.waitForFunction(() => document.querySelectorAll('.row').length > 5);
  },
  'list-with-a-mistaken-search': async (page) => {
    await page.keyboard.press('j');
    await page.locator('input[type=search]').fill('globex "open');
    await page.waitForSelector('.search-mistake');
  },
  trace: async (page) => {
    await page.goto(console_.url + traceLink(faultId));
    await page.waitForSelector('.span-row');
    await page.keyboard.press('c');
  },
  'trace-with-details': async (page) => {
    await page.keyboard.press('e');
    await page.waitForSelector('.chain');
  },
  'trace-with-a-line': async (page) => {
    await page.locator('.span-row').first().click();
    await page.locator('.span-lines summary', { hasText: 'charge begins' }).click();
    await page.locator('.span-lines .json').scrollIntoViewIfNeeded();
  },
  logs: async (page) => {
    await page.goto(console_.url + logs);
    await page.waitForFunction(() => document.querySelectorAll('.line').length > 5);
  },
  'logs-with-a-line': async (page) => {
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.line-body .json');
  },
  'logs-narrowed-with-a-mistake': async (page) => {
    await page.goto(`${console_.url}${logs}?level=WARN&service=payments`);
    await page.locator('.filter-chips').waitFor();
    await page.locator('input[type=search]').fill('slow "open');
    await page.waitForSelector('.search-mistake');
    const facets = page.locator('details.facets summary');
    if (await facets.count() > 0) await facets.click();
  },
  'logs-table': async (page) => {
    await page.goto(`${console_.url}${logs}?q=fields+level%2Cservice%2Cmessage`);
    await page.waitForSelector('.log-table');
    await page.locator('.log-table th button').first().click();
    await page.locator('.log-table tbody td').first().click();
    await page.waitForSelector('.row-panel');
  },
  help: async (page) => {
    await page.keyboard.press('?');
    await page.waitForSelector('.help');
  },
};

for (const [size, width] of [[desktop, 'desktop'], [phone, 'phone']]) {
  for (const scheme of ['light', 'dark']) {
    test(`axe finds nothing in any room, ${width}, ${scheme}`, async () => {
      const page = await openPage(browser, { size, scheme });
      await page.goto(console_.url);
      const check = await openAxe(page);
      for (const [name, open] of Object.entries(rooms)) {
        await open(page);
        await check(`${name}-${width}-${scheme}`);
      }
      await closePage(page);
    });
  }
}

test('axe finds nothing in first steps, without a console, and before the token',
  { skip: mockOnly }, async () => {
    const empty = await openConsole();
    const page = await openPage(browser);
    await page.goto(empty.url);
    await page.waitForSelector('.paste');
    const check = await openAxe(page);
    await check('first-steps');
    await page.goto(empty.url + logs);
    await page.locator('.paste', { hasText: 'ALOFT_LOGS_EXPORTER' }).waitFor();
    await check('first-steps-of-logs');
    const { port } = empty.mock;
    await empty.mock.close();
    await page.waitForSelector('.banner');
    await check('gone');
    empty.mock.token = 'secret';
    await empty.mock.listen(port);
    await page.waitForSelector('#token');
    await check('token');
    await closePage(page);
    await empty.close();
  });

test('every stop of the tab key can be seen', async () => {
  const page = await openPage(browser);
  for (const [room, ready, stops] of [[list, '.row', 14], [logs, '.line', 30]]) {
    await page.goto(console_.url + room);
    await page.waitForSelector(ready);
    for (let stop = 0; stop < stops; stop += 1) {
      await page.keyboard.press('Tab');
      const outline = await page.evaluate(() => {
        const style = getComputedStyle(document.activeElement);
        return document.activeElement === document.body ? 'body' : style.outlineStyle;
      });
      assert.notEqual(outline, 'none', `${room}: stop ${stop}`);
    }
  }
  await closePage(page);
});
