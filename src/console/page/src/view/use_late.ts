// SPDX-License-Identifier: Apache-2.0
// True once waiting has become noticeable: nothing says "reading" before.

import { useEffect, useState } from 'preact/hooks';

export function useLate(): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setLate(true), 200);
    return () => window.clearTimeout(timer);
  }, []);
  return late;
}
