// SPDX-License-Identifier: Apache-2.0
// How the console itself is: reachable or not, and what it took in, lost and keeps.

import { useEffect, useState } from 'preact/hooks';
import { formatBytes, formatCount, visible } from '../format';
import { phone } from '../media';
import { connection, retryNow, tokenNeeded } from '../state';
import type { Status } from '../types';
import { Icon } from './icons';

export function ConnectionBanner() {
  const value = connection.value;
  const [seconds, setSeconds] = useState(0);
  const retryAt = value.state === 'gone' ? value.retryAt : 0;
  useEffect(() => {
    if (retryAt === 0) return undefined;
    const count = (): void => setSeconds(Math.max(0, Math.ceil((retryAt - Date.now()) / 1000)));
    count();
    const timer = window.setInterval(count, 250);
    return () => window.clearInterval(timer);
  }, [retryAt]);
  if (value.state !== 'gone' || tokenNeeded.value) return null;
  return (
    <div class="banner is-fault" role="alert">
      <Icon name="fault" />
      <span>The console does not answer. What you see may be old.</span>
      <span class="mono" aria-hidden="true">
        {seconds > 0 ? `next try in ${seconds} s` : 'trying…'}
      </span>
      <button type="button" onClick={retryNow}>
        Try now
      </button>
    </div>
  );
}

function Loss({ word, count, detail }: { word: string; count: number; detail?: string }) {
  return (
    <span class={count > 0 ? 'is-error' : ''} title={detail}>
      {count > 0 && <Icon name="error" />}
      {word} <span class="mono">{formatCount(count)}</span>
    </span>
  );
}

export function IntakeStrip({ status }: { status: Status }) {
  const { intake, store, listen } = status;
  const reasons = Object.entries(intake.rejected);
  const rejected = reasons.reduce((sum, [, count]) => sum + count, 0);
  const detail = reasons.map(([reason, count]) => `${visible(reason)} ${count}`).join(', ');
  return (
    <footer class="strip" aria-label="Intake and store" tabIndex={phone.value ? 0 : undefined}>
      <span>
        X-Ray <span class="mono">{listen.xray}</span>
      </span>
      <span>
        datagrams <span class="mono">{formatCount(intake.datagrams)}</span>
      </span>
      <span>
        documents <span class="mono">{formatCount(intake.documents)}</span>
      </span>
      <Loss word="rejected" count={rejected} detail={detail} />
      <Loss word="lost in kernel" count={intake.kernel_dropped} />
      <span>
        {store.kind} store <span class="mono">{formatCount(store.traces)}</span> traces,{' '}
        <span class="mono">
          {formatBytes(store.bytes)} of {formatBytes(store.max_bytes)}
        </span>
      </span>
      {store.evicted_traces > 0 && (
        <span>
          evicted <span class="mono">{formatCount(store.evicted_traces)}</span>
        </span>
      )}
      <span>version {status.version}</span>
    </footer>
  );
}
