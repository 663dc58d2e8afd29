// SPDX-License-Identifier: Apache-2.0
// Fails when dist/ is not what the sources build to, byte for byte, or when it outgrows its budget.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const page = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(page, 'dist');
/// A page on a phone over a tunnel must still be there at once.
const budgetBytes = 60 * 1024;

const fresh = mkdtempSync(join(tmpdir(), 'aloft-page-'));
const faults = [];
try {
  execFileSync(process.execPath, [join(page, 'tools', 'build.mjs'), fresh], { stdio: 'inherit' });
  const names = new Set([...readdirSync(dist), ...readdirSync(fresh)]);
  let total = 0;
  for (const name of [...names].sort()) {
    const read = (folder) => {
      try {
        return readFileSync(join(folder, name));
      } catch {
        return null;
      }
    };
    const [committed, built] = [read(dist), read(fresh)];
    if (!committed) faults.push(`${name}: missing in dist/`);
    else if (!built) faults.push(`${name}: in dist/, but the build does not make it`);
    else if (!committed.equals(built)) faults.push(`${name}: differs from what the build makes`);
    if (!built) continue;
    const size = gzipSync(built, { level: 9 }).length;
    total += size;
    console.log(`${name}: ${built.length} bytes, ${size} gzipped`);
  }
  console.log(`all: ${total} bytes gzipped of ${budgetBytes}`);
  if (total > budgetBytes) faults.push(`the page is ${total} bytes gzipped, over ${budgetBytes}`);
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
for (const fault of faults) console.error(fault);
if (faults.length > 0) console.error('Run: npm run build');
process.exitCode = faults.length > 0 ? 1 : 0;
