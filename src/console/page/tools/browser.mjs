// SPDX-License-Identifier: Apache-2.0
// Runs tests/console/page/*_test.mjs, one after the other: they measure, so they share nothing.
// Arguments choose files by a part of their name.

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const page = dirname(dirname(fileURLToPath(import.meta.url)));
const tests = join(page, '..', '..', '..', 'tests', 'console', 'page');
const wanted = process.argv.slice(2);
const names = readdirSync(tests)
  .filter((name) => name.endsWith('_test.mjs'))
  .filter((name) => wanted.length === 0 || wanted.some((part) => name.includes(part)))
  .sort();
/// A file takes seconds; one that takes this long hangs.
const timeout = 120_000;
let failed = names.length === 0;
for (const name of names) {
  const options = { stdio: 'inherit', timeout };
  const run = spawnSync(process.execPath, ['--test', join(tests, name)], options);
  if (run.error) console.error(`${name}: ${run.error.message}`);
  failed ||= run.status !== 0;
}
process.exitCode = failed ? 1 : 0;
