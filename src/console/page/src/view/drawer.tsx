// SPDX-License-Identifier: Apache-2.0
// Everything known about one span; a column at the side, a sheet on a phone.

import { useState } from 'preact/hooks';
import { copy } from '../clipboard';
import { formatCount, formatDuration, formatOffset, formatTime, outcomeOf, visible } from
  '../format';
import { exceptionChains, type Exception, type ExceptionIndex } from '../trace/exceptions';
import { selfTime } from '../trace/times';
import { clockAhead, isObject, lacksParent, type Span, type Tree } from '../trace/tree';
import type { SpanLines } from '../logs/by_span';
import type { Document, Json } from '../types';
import { Icon, OutcomeMark } from './icons';
import { JsonTree } from './json_tree';
import { DataText } from './redacted';
import { SpanLinesBlock } from './span_lines';

/// Frames shown before the reader asks for all.
const firstFrames = 12;

/// Nested blocks as flat pairs: request.method, response.status. Bounded: the raw document below
/// has the rest.
function flatten(value: Json, prefix: string, out: [string, string][]): [string, string][] {
  if (out.length >= 64 || prefix.split('.').length > 6) return out;
  if (typeof value !== 'object' || value === null) {
    out.push([prefix, String(value)]);
    return out;
  }
  for (const [key, item] of Object.entries(value)) {
    flatten(item, prefix === '' ? key : `${prefix}.${key}`, out);
  }
  return out;
}

function Pairs({ pairs }: { pairs: [string, string][] }) {
  return (
    <dl class="pairs">
      {pairs.map(([key, value]) => (
        <div key={key}>
          <dt>
            <bdi>{visible(key)}</bdi>
          </dt>
          <dd>
            <bdi>
              <DataText text={value} />
            </bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Block({ title, value }: { title: string; value: Json | undefined }) {
  if (!isObject(value) || Object.keys(value).length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <Pairs pairs={flatten(value, '', [])} />
    </section>
  );
}

function Stack({ exception }: { exception: Exception }) {
  const [all, setAll] = useState(false);
  const { stack, truncated } = exception;
  if (stack.length === 0) return null;
  const shown = all ? stack : stack.slice(0, firstFrames);
  return (
    <>
      <ol class="stack">
        {shown.map((frame, index) => (
          <li key={index}>
            <bdi>{visible(frame.label) || '(unknown)'}</bdi>
            <bdi class="stack-place">
              {visible(frame.path)}
              {frame.line > 0 && `:${frame.line}`}
            </bdi>
          </li>
        ))}
      </ol>
      {stack.length > shown.length && (
        <button type="button" onClick={() => setAll(true)}>
          {stack.length - shown.length} more frames
        </button>
      )}
      {truncated > 0 && <p class="aside">{formatCount(truncated)} frames were not sent.</p>}
    </>
  );
}

function ExceptionChain({ chain }: { chain: Exception[] }) {
  return (
    <ol class="chain">
      {chain.map((exception, index) => (
        <li key={index}>
          {index > 0 && <p class="aside">caused by</p>}
          <p class="exception-type">
            <Icon name="fault" />
            <bdi>{visible(exception.type) || 'Exception'}</bdi>
            {exception.remote && <span class="aside"> in the service called</span>}
          </p>
          <p class="exception-message">
            <bdi>
              <DataText text={exception.message || '(no message)'} />
            </bdi>
          </p>
          <Stack exception={exception} />
          {exception.skipped > 0 && (
            <p class="aside">{formatCount(exception.skipped)} causes were not sent.</p>
          )}
        </li>
      ))}
    </ol>
  );
}

function CopyId({ word, id }: { word: string; id: string }) {
  return (
    <button
      type="button"
      class="copy-id"
      title={`Copy ${word}`}
      onClick={() => void copy(id, word)}
    >
      <span class="mono">{visible(id)}</span>
      <Icon name="copy" />
    </button>
  );
}

/// How wrong this host's clock seems, exactly, and what it recorded.
function Clock({ span }: { span: Span }) {
  const { parent, shift } = span;
  const ahead = clockAhead(span);
  if (ahead === 0 || !parent) {
    return (
      <div>
        <dt>Clock</dt>
        <dd>
          drawn <span class="mono">{formatOffset(shift)}</span> from what was recorded, with its
          segment
        </dd>
      </div>
    );
  }
  const recorded = span.start - shift - (parent.start - parent.shift);
  return (
    <div>
      <dt>Clock</dt>
      <dd>
        <span class="mono">{formatOffset(ahead)}</span> against its caller's: this host and its
        caller disagree, so it is drawn in the middle of its call. As recorded, it starts{' '}
        <span class="mono">{formatOffset(recorded)}</span> from its caller's start.
      </dd>
    </div>
  );
}

function Times({ span, tree }: { span: Span; tree: Tree }) {
  const duration = span.end - span.start;
  const shift = span.shift;
  return (
    <dl class="pairs times">
      <div>
        <dt>Start</dt>
        <dd class="mono">
          {formatTime(span.start - shift)}
          <br />
          {formatDuration(span.start - tree.start)} into the trace
        </dd>
      </div>
      <div>
        <dt>Duration</dt>
        <dd class="mono">{span.in_progress ? 'still running' : formatDuration(duration)}</dd>
      </div>
      <div>
        <dt>Self time</dt>
        <dd class="mono">{formatDuration(selfTime(span))}</dd>
      </div>
      {shift !== 0 && <Clock span={span} />}
      <div>
        <dt>Span id</dt>
        <dd>
          <CopyId word="span id" id={span.id} />
        </dd>
      </div>
    </dl>
  );
}

function Raw({ document }: { document: Document }) {
  const [open, setOpen] = useState(false);
  return (
    <details class="raw" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        <h3>Document as received</h3>
      </summary>
      {open && (
        <>
          <button
            type="button"
            onClick={() => void copy(JSON.stringify(document, null, 2), 'the document')}
          >
            <Icon name="copy" />
            Copy
          </button>
          <JsonTree value={document} />
        </>
      )}
    </details>
  );
}

interface DrawerProps {
  span: Span;
  tree: Tree;
  exceptions: ExceptionIndex;
  /// Of the span and those below it; undefined when there are none.
  lines: SpanLines | undefined;
  close: () => void;
}

export function Drawer({ span, tree, exceptions, lines, close }: DrawerProps) {
  const { document } = span;
  const annotations = document['annotations'];
  const metadata = document['metadata'];
  const chains = exceptionChains(span, exceptions);
  const kind = {
    segment: 'segment',
    subsegment: span.service === '' ? 'subsegment' : `in ${visible(span.service)}`,
    missing: 'a parent that has sent nothing here',
  }[span.kind];
  const orphan = lacksParent(span) ? ', parent not received' : '';
  return (
    <aside class="drawer" aria-label="Span details">
      <header>
        <div>
          <h2>
            <bdi>{visible(span.name)}</bdi>
          </h2>
          <p class="aside">
            <bdi>{kind}</bdi>
            {orphan}
          </p>
        </div>
        <button type="button" class="quiet" aria-label="Close details" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      <div class="drawer-body" tabIndex={0} role="group" aria-label="Details">
        {span.kind !== 'missing' && <OutcomeMark outcome={outcomeOf(span)} />}
        {chains.length > 0 && (
          <section>
            <h3>{chains.length > 1 ? `Exceptions (${chains.length})` : 'Exception'}</h3>
            {chains.map((chain, index) => (
              <ExceptionChain key={index} chain={chain} />
            ))}
          </section>
        )}
        <SpanLinesBlock span={span} tree={tree} lines={lines} />
        <Times span={span} tree={tree} />
        <Block title="HTTP" value={document['http']} />
        <Block title="SQL" value={document['sql']} />
        <Block title="Annotations" value={annotations} />
        {isObject(metadata) && Object.keys(metadata).length > 0 && (
          <section>
            <h3>Metadata</h3>
            <JsonTree value={metadata} unfold />
          </section>
        )}
        <Block title="AWS" value={document['aws']} />
        <Block title="Service" value={document['service']} />
        {span.kind !== 'missing' && <Raw key={span.id} document={document} />}
      </div>
    </aside>
  );
}
