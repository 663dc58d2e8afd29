// SPDX-License-Identifier: Apache-2.0
// Runs tests/console/page/unit/*_test.ts: bundles each into a scratch folder (Node 18 reads no
// TypeScript) and hands them to node's own test runner.

import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const page = dirname(dirname(fileURLToPath(import.meta.url)));
const tests = join(page, '..', '..', '..', 'tests', 'console', 'page', 'unit');
const scratch = mkdtempSync(join(tmpdir(), 'aloft-page-unit-'));
try {
  const names = readdirSync(tests).filter((name) => name.endsWith('_test.ts')).sort();
  await build({
    entryPoints: names.map((name) => join(tests, name)),
    outdir: scratch,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node18',
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  const files = names.map((name) => join(scratch, name.replace(/\.ts$/, '.mjs')));
  const options = ['--enable-source-maps', '--test', ...files];
  process.exitCode = spawnSync(process.execPath, options, { stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
