// SPDX-License-Identifier: Apache-2.0
// Builds the page into dist/, or into the folder given as the only argument. The same sources give
// the same bytes: no time, no path and no file order enters the output.

import { build } from 'esbuild';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const page = dirname(dirname(fileURLToPath(import.meta.url)));
const target = process.argv[2] ?? join(page, 'dist');

const notice = '/*! aloft-console, Apache-2.0. Contains Preact and @preact/signals, '
  + 'MIT License, Copyright (c) 2015-present Jason Miller and 2022-present Preact Team. */';

await rm(target, { recursive: true, force: true });
await mkdir(target, { recursive: true });
await build({
  absWorkingDir: page,
  entryPoints: { app: 'src/main.tsx' },
  outdir: target,
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['chrome109', 'firefox115', 'safari16.4'],
  charset: 'utf8',
  legalComments: 'inline',
  banner: { js: notice },
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'warning',
});
for (const name of ['index.html', 'icon.svg']) {
  await copyFile(join(page, 'public', name), join(target, name));
}
