// SPDX-License-Identifier: Apache-2.0
// What to see before the first trace or log line: the two lines that send one.

import { copy } from '../clipboard';
import { status } from '../state';
import { Icon } from './icons';

const address = (): string => status.value?.listen.xray ?? '127.0.0.1:2000';

function Paste({ lines }: { lines: string[] }) {
  const text = lines.join('\n');
  return (
    <div class="paste">
      <pre>
        <code>{text}</code>
      </pre>
      <button type="button" onClick={() => void copy(`${text}\n`, 'both lines')}>
        <Icon name="copy" />
        Copy
      </button>
    </div>
  );
}

/// Calls are signed, so the exporter wants a Region and credentials; the console believes any.
const anybody = 'AWS_REGION=eu-west-1 AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any';

export function LogSteps() {
  const endpoint = `AWS_ENDPOINT_URL_CLOUDWATCH_LOGS=http://${address()}`;
  return (
    <section class="page-message">
      <h2>No log lines yet</h2>
      <p>Run the example service beside this console, then send it a request:</p>
      <Paste
        lines={[
          `export ALOFT_LOGS_EXPORTER=cloudwatch ${endpoint} ${anybody}`,
          'build/release/bin/payments',
        ]}
      />
      <p>
        Any program that writes to CloudWatch Logs does as well. This page shows its lines as they
        arrive.
      </p>
    </section>
  );
}

export function FirstSteps() {
  return (
    <section class="page-message">
      <h2>No traces yet</h2>
      <p>Run the example service beside this console, then send it a request:</p>
      <Paste
        lines={[`export AWS_XRAY_DAEMON_ADDRESS=${address()}`, 'build/release/bin/payments']}
      />
      <p>
        Any program that speaks to an X-Ray daemon does as well. This page shows its traces as they
        arrive.
      </p>
    </section>
  );
}
