// SPDX-License-Identifier: Apache-2.0
// The trace on screen, as fresh as the console lets it be.

import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, fetchTrace } from '../api';
import { changed, epoch, tokenNeeded } from '../state';
import type { Trace } from '../types';

/// A trace that grows is read again at most this often.
const rereadMs = 300;

export interface Read {
  trace: Trace | null;
  error: ApiError | null;
}

/// Reads the trace: at once, when what was read may be stale, and when events say it changed.
export function useTrace(id: string): Read {
  const [read, setRead] = useState<Read>({ trace: null, error: null });
  const timer = useRef(0);
  const mounted = useRef(true);
  const readIt = async (): Promise<void> => {
    timer.current = 0;
    let next: Read;
    try {
      next = { trace: await fetchTrace(id), error: null };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.status === 401) tokenNeeded.value = true;
      next = { trace: null, error };
    }
    // A console that does not answer takes nothing away from what is on screen.
    if (mounted.current) setRead((old) => (next.error?.status === 0 && old.trace ? old : next));
  };
  useEffect(() => void readIt(), [epoch.value]);
  const update = changed.value.get(id) ?? -1;
  useEffect(() => {
    if (update <= (read.trace?.summary.revision ?? -1) || timer.current !== 0) return;
    timer.current = window.setTimeout(() => void readIt(), rereadMs);
  }, [update]);
  useEffect(
    () => () => {
      mounted.current = false;
      window.clearTimeout(timer.current);
    },
    [],
  );
  return read;
}
