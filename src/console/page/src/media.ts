// SPDX-License-Identifier: Apache-2.0
// The one width at which the page changes its shape; the style sheets name the same number.

import { signal } from '@preact/signals';

const query = window.matchMedia('(max-width: 720px)');

export const phone = signal(query.matches);
query.addEventListener('change', (event) => (phone.value = event.matches));
