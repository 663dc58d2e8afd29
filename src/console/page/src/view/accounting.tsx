// SPDX-License-Identifier: Apache-2.0
// The accounting strip: what became of everything that was received, as a sum that can be checked.

import { balanceWords, booksOf, logBooksOf } from '../accounts';
import { formatBytes, formatCount, visible } from '../format';
import { linkTo } from '../route';
import { status } from '../state';
import type { LogStatus } from '../types';
import { Icon } from './icons';

function Entry({ sign, word, count, bad = false, detail = '' }: {
  sign: string;
  word: string;
  count: number;
  bad?: boolean;
  detail?: string;
}) {
  return (
    <div class={bad && count > 0 ? 'is-error' : ''}>
      <dt>
        <span class="mono sign" aria-hidden="true">
          {sign}
        </span>
        {word}
        {detail !== '' && (
          <span class="aside">
            {' '}
            <bdi>{detail}</bdi>
          </span>
        )}
      </dt>
      <dd class="mono">
        {bad && count > 0 && <Icon name="error" />}
        {formatCount(count)}
      </dd>
    </div>
  );
}

/// Log lines, when the console keeps them.
function LogBooks({ value }: { value: LogStatus }) {
  const { loaded, received, held, gone, missing, failed } = logBooksOf(value);
  return (
    <section aria-labelledby="card-log-books">
      <h3 id="card-log-books">
        <a href={linkTo({ room: 'logs' })}>Log lines</a> received
      </h3>
      <dl class="log-books">
        <Entry sign="" word="received" count={received} />
        {loaded > 0 && <Entry sign="+" word="of an earlier run" count={loaded} />}
        <Entry sign="=" word="held" count={held} />
        {gone.map(([word, count]) =>
          (count > 0 || word === 'deleted') && (
            <Entry key={word} sign="+" word={word} count={count} bad={word !== 'deleted'} />
          ))}
        {missing !== 0 && <Entry sign="+" word="unaccounted for" count={missing} bad />}
        <Entry sign="" word="not stored, the disk failed" count={failed} bad />
      </dl>
    </section>
  );
}

export function Accounting() {
  const value = status.value;
  if (!value) return null;
  const books = booksOf(value);
  const { intake, store } = value;
  const even = books.missing === 0;
  const tone = !even ? 'fault' : books.lost > 0 ? 'error' : 'ok';
  const reasons = books.reasons.map(([reason, count]) => `${visible(reason)} ${count}`).join(', ');
  const ways = intake.api_documents > 0
    ? `${formatCount(intake.datagrams)} by UDP, ${formatCount(intake.api_documents)} by API`
    : '';
  return (
    <section class="card card-books" aria-labelledby="card-books">
      <h2 id="card-books">
        Traces received <span class="aside">since the console started</span>
      </h2>
      <p class={`balance is-${tone}`}>
        <Icon name={tone} />
        {balanceWords(books)}
      </p>
      <dl class="books">
        <Entry sign="" word="received" count={books.received} detail={ways} />
        <Entry sign="=" word="stored" count={books.stored} />
        <Entry sign="+" word="duplicates" count={books.duplicates} />
        <Entry sign="+" word="rejected" count={books.rejected} detail={reasons} bad />
        <Entry sign="+" word="queued" count={books.queued} />
        {!even && <Entry sign="+" word="unaccounted for" count={books.missing} bad />}
        <Entry sign="" word="lost in the kernel" count={books.lost} bad />
      </dl>
      <p class="aside">
        {visible(store.kind)} store: <span class="mono">{formatCount(store.traces)}</span>{' '}
        {store.traces === 1 ? 'trace' : 'traces'},{' '}
        <span class="mono">
          {formatBytes(store.bytes)} of {formatBytes(store.max_bytes)}
        </span>
        {store.evicted_traces > 0 && (
          <>
            , <span class="mono">{formatCount(store.evicted_traces)}</span> evicted
          </>
        )}
      </p>
      {value.logs && <LogBooks value={value.logs} />}
    </section>
  );
}
