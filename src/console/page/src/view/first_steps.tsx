// SPDX-License-Identifier: Apache-2.0
// What to see before the first trace: the two lines that send one.

import { copy } from '../clipboard';
import { status } from '../state';
import { Icon } from './icons';

export function FirstSteps() {
  const address = status.value?.listen.xray ?? '127.0.0.1:2000';
  const lines = [`export AWS_XRAY_DAEMON_ADDRESS=${address}`, 'build/release/bin/payments'];
  return (
    <section class="page-message">
      <h2>No traces yet</h2>
      <p>Run the example service beside this console, then send it a request:</p>
      <div class="paste">
        <pre>
          <code>{lines.join('\n')}</code>
        </pre>
        <button type="button" onClick={() => void copy(`${lines.join('\n')}\n`, 'both lines')}>
          <Icon name="copy" />
          Copy
        </button>
      </div>
      <p>
        Any program that speaks to an X-Ray daemon does as well. This page shows its traces as they
        arrive.
      </p>
    </section>
  );
}
