// SPDX-License-Identifier: Apache-2.0
// What a log line is shown by, in the Logs room and beside a span.

import { copy } from '../clipboard';
import { shortened, visible } from '../format';
import { equalsPattern, inlineFields, levelKind, parsedObject, type LevelKind } from
  '../logs/lines';
import { noFilters } from '../logs/place';
import { linkTo } from '../route';
import type { LogLine } from '../types';
import { Icon } from './icons';
import { JsonTree } from './json_tree';
import { DataText } from './redacted';

const levelIcons: Record<LevelKind, string> = { fault: 'fault', error: 'error', plain: '',
  quiet: '' };

/// A word first; shape and colour say the same.
export function LevelMark({ level }: { level: string }) {
  const kind = levelKind(level);
  const icon = levelIcons[kind];
  return (
    <span class={`level is-${kind}`}>
      {icon !== '' && <Icon name={icon} />}
      <bdi>{visible(level) || '–'}</bdi>
    </span>
  );
}

/// The message and the fields that say most, in one line.
export function LineWords({ line }: { line: LogLine }) {
  return (
    <>
      <bdi class="line-message">
        <DataText text={shortened(line.message)} />
      </bdi>
      {inlineFields(line.fields).map(([key, value]) => (
        <span key={key} class="line-field">
          {' '}
          <bdi class="line-key">{visible(key)}=</bdi>
          <bdi>
            <DataText text={value} />
          </bdi>
        </span>
      ))}
    </>
  );
}

/// Where one can go from a line.
function Ways({ line, here }: { line: LogLine; here: 'logs' | 'trace' }) {
  const { trace_id: traceId, span_id: spanId, request_id: requestId, id } = line;
  const ofTrace = { room: 'logs' as const, logs: { ...noFilters, trace: traceId } };
  return (
    <p class="line-ways">
      {here === 'logs' && traceId !== '' && (
        <a class="line-way" href={linkTo({ room: 'trace', traceId, spanId })} data-way="span">
          <Icon name="span" />
          {spanId === '' ? 'Its trace' : 'Its span'}
        </a>
      )}
      {traceId !== '' && (
        <a
          class="line-way"
          href={linkTo(here === 'trace' ? { ...ofTrace, lineId: id } : ofTrace)}
        >
          <Icon name="lines" />
          {here === 'trace' ? 'In the logs' : 'Lines of this trace'}
        </a>
      )}
      {requestId !== '' && (
        <a
          class="line-way"
          href={linkTo({ room: 'logs', query: equalsPattern('request_id', requestId) })}
          data-way="request"
        >
          <Icon name="filter" />
          Lines of this request
        </a>
      )}
      <button type="button" onClick={() => void copy(line.raw, 'the line')}>
        <Icon name="copy" />
        Copy
      </button>
    </p>
  );
}

/// What a line unfolds to: ways on, and the event as a tree, or as it is when it is no JSON.
export function LineBody({ line, here }: { line: LogLine; here: 'logs' | 'trace' }) {
  const tree = parsedObject(line.raw);
  return (
    <>
      <Ways line={line} here={here} />
      {tree ? (
        <JsonTree value={tree} unfold />
      ) : (
        <pre class="line-raw">
          <bdi>
            <DataText text={line.raw} />
          </bdi>
        </pre>
      )}
      <p class="aside line-place">
        <bdi>{visible(line.group)}</bdi> · <bdi>{visible(line.stream)}</bdi>
      </p>
    </>
  );
}
