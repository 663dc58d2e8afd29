// SPDX-License-Identifier: Apache-2.0
// Off loopback the console wants the token of its ready line.

import { useState } from 'preact/hooks';
import { sendToken } from '../api';
import { enterWithToken } from '../state';

export function TokenPrompt() {
  const [token, setToken] = useState('');
  const [answer, setAnswer] = useState('');
  const send = async (): Promise<void> => {
    setAnswer('');
    try {
      if (await sendToken(token.trim())) enterWithToken();
      else setAnswer('The console did not accept this token.');
    } catch {
      setAnswer('The console does not answer.');
    }
  };
  return (
    <section class="page-message">
      <h1>This console asks for its token</h1>
      <p>
        It is reachable from other machines, so it shows traces only to those who know the token in
        the line it printed when it started.
      </p>
      <form
        class="token"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <label for="token">Token</label>
        <input
          id="token"
          type="password"
          autocomplete="off"
          value={token}
          aria-describedby="token-answer"
          onInput={(event) => setToken(event.currentTarget.value)}
        />
        <button type="submit" disabled={token.trim() === ''}>
          Enter
        </button>
      </form>
      <p id="token-answer" class="is-fault" role="alert">
        {answer}
      </p>
    </section>
  );
}
