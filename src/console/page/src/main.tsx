// SPDX-License-Identifier: Apache-2.0
// The page of aloft-console. Started by index.html; everything else hangs below App.

import './base.css';
import './list.css';
import './trace.css';
import './overview.css';
import './map.css';
import './logs.css';
import './theme';
import { render } from 'preact';
import { startLogs } from './logs_state';
import { start } from './state';
import { App } from './view/app';

/// `/?token=…` has done its work when the page arrives; it must not stay in the address bar.
function hideToken(): void {
  if (!new URLSearchParams(location.search).has('token')) return;
  history.replaceState(null, '', location.pathname + location.hash);
}

document.addEventListener('DOMContentLoaded', () => {
  hideToken();
  start();
  startLogs();
  const root = document.getElementById('app');
  if (root) render(<App />, root);
});
