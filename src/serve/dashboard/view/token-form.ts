import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { TokenNeed } from '../board.js';

/** Asks for the server's token. */
export const TokenForm = ({ need, onToken }: { readonly need: TokenNeed; readonly onToken: (token: string) => void }): VNode => {
  const [token, setToken] = useState('');
  const submit = (event: Event): void => {
    event.preventDefault();
    if (token.trim() !== '') onToken(token.trim());
  };
  return html`<main class="gatehouse"><form onSubmit=${submit}>
    <h1>Hearken</h1>
    <div class="field">
      <label for="token">Token</label>
      <input id="token" type="password" autocomplete="off" autofocus value=${token} onInput=${(event: Event) => { setToken((event.currentTarget as HTMLInputElement).value); }}
        aria-describedby="token-hint" aria-invalid=${need.complaint === undefined ? undefined : 'true'} />
      ${need.complaint === undefined ? undefined : html`<p class="field-error" role="alert">${need.complaint}</p>`}
      <p class="hint" id="token-hint">This server lets only those in who have one: HEARKEN_TOKEN, or one of serve.tokens in its configuration. It is kept until this tab is closed.</p>
    </div>
    <div class="buttons"><button type="submit" class="primary">Open</button></div>
  </form></main>`;
};
