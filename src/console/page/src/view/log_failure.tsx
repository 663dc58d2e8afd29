// SPDX-License-Identifier: Apache-2.0
// The console answered, but not with lines. What is on screen stays.

import { computed } from '@preact/signals';
import { visible } from '../format';
import { askLines, linesError } from '../logs_state';

/// A mistake in the search is told beside it, a console that is gone by the banner.
export const readingFailed = computed(() => {
  const status = linesError.value?.status ?? 0;
  return status !== 0 && status !== 400;
});

export function LogFailure() {
  const error = linesError.value;
  if (!error || !readingFailed.value) return null;
  return (
    <section class="page-message" role="alert">
      <p class="is-fault">The lines could not be read: {visible(error.message)}</p>
      <button type="button" onClick={askLines}>
        Try again
      </button>
    </section>
  );
}
