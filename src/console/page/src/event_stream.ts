// SPDX-License-Identifier: Apache-2.0
// One server-sent event stream over fetch: unlike EventSource it tells a 401 from a console that
// is gone, and its waits are ours. Reconnects for ever with growing, jittered waits.

export interface StreamEvent {
  event: string;
  data: string;
}

/// Cuts a text/event-stream into events, however the bytes were split on their way.
export class EventParser {
  private rest = '';
  private event = '';
  private data: string[] = [];

  push(chunk: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    const lines = (this.rest + chunk).split('\n');
    this.rest = lines.pop() ?? '';
    for (const raw of lines) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      if (line === '') {
        if (this.data.length > 0) {
          events.push({ event: this.event || 'message', data: this.data.join('\n') });
        }
        this.event = '';
        this.data = [];
      } else {
        this.field(line);
      }
    }
    return events;
  }

  private field(line: string): void {
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.event = value;
    if (name === 'data') this.data.push(value);
  }
}

export type Connection =
  | { state: 'connecting' }
  | { state: 'live' }
  | { state: 'gone'; retryAt: number }
  | { state: 'refused'; status: number };

export interface StreamHandlers {
  onEvent(event: StreamEvent): void;
  /// 'live' comes after each (re)connection: what was missed must be read again.
  onConnection(connection: Connection): void;
}

const firstWaitMs = 500;
const longestWaitMs = 8000;
/// The server sends its status every 2 s; five of them missing means that nobody is there.
const silenceMs = 10000;
/// A live tail without lines has a comment every 15 s.
export const tailSilenceMs = 40000;

/// How long to wait before the next attempt; random is in [0, 1).
export function retryWaitMs(attempt: number, random: number): number {
  const wait = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(attempt, 10));
  return Math.round(wait * (0.75 + random / 2));
}

/// Runs until stop(). retry() skips the present wait.
export class EventStream {
  private abort = new AbortController();
  private timer = 0;
  private attempt = 0;
  private stopped = false;

  constructor(
    private readonly url: string,
    private readonly handlers: StreamHandlers,
    private readonly patienceMs: number = silenceMs,
  ) {
    void this.connect();
  }

  stop(): void {
    this.stopped = true;
    window.clearTimeout(this.timer);
    this.abort.abort();
  }

  retry(): void {
    if (this.stopped) return;
    window.clearTimeout(this.timer);
    this.abort.abort();
    this.abort = new AbortController();
    void this.connect();
  }

  private async connect(): Promise<void> {
    const { signal } = this.abort;
    try {
      const response = await fetch(this.url, {
        signal,
        headers: { accept: 'text/event-stream' },
        cache: 'no-store',
      });
      if (response.status === 401 || response.status === 400) {
        this.handlers.onConnection({ state: 'refused', status: response.status });
        return;
      }
      if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
      this.attempt = 0;
      this.handlers.onConnection({ state: 'live' });
      await this.read(response.body);
    } catch {
      // Every failure means the same: nobody is there. It is told below.
    }
    if (signal.aborted) return;
    const wait = retryWaitMs(this.attempt, Math.random());
    this.attempt += 1;
    this.handlers.onConnection({ state: 'gone', retryAt: Date.now() + wait });
    this.timer = window.setTimeout(() => void this.connect(), wait);
  }

  private async read(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body.getReader();
    const decoder = new TextDecoder();
    const parser = new EventParser();
    for (;;) {
      // A stream that fails meanwhile has said so to read() already.
      const giveUp = (): void => void reader.cancel().catch(() => undefined);
      const silence = window.setTimeout(giveUp, this.patienceMs);
      const { done, value } = await reader.read().finally(() => window.clearTimeout(silence));
      if (done) return;
      for (const event of parser.push(decoder.decode(value, { stream: true }))) {
        this.handlers.onEvent(event);
      }
    }
  }
}
