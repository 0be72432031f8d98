/** The dashboard's page: everything it knows comes through the typed client. */
import { html, render } from 'htm/preact';
import { Subscription } from 'rxjs';
import { hearkenClient } from '../client.js';
import { emptyBoard } from './board.js';
import { follow } from './live.js';
import { applyTheme, storedTheme, storedToken, storeToken } from './stored.js';
import { App } from './view/app.js';

/** The longest wait before the connection is tried again [ms]: somebody is looking. */
const RETRY_MAX_MS = 4_000;

const page = document.getElementById('page');
let following = new Subscription();
/** Counts the beginnings, so that nothing of the one before is drawn. */
let beginning = 0;

/** Begins with this token, or anew with another one. */
const open = (token: string | undefined): void => {
  following.unsubscribe();
  beginning += 1;
  const board = emptyBoard();
  const client = hearkenClient({ url: location.origin, retryMaxMs: RETRY_MAX_MS, ...(token === undefined ? {} : { token }) });
  const onToken = (next: string | undefined): void => {
    storeToken(next);
    open(next);
  };
  if (page !== null) render(html`<${App} key=${beginning} board=${board} client=${client} token=${token} onToken=${onToken} />`, page);
  following = follow(client, board, token !== undefined);
};

applyTheme(storedTheme());
if (page !== null) page.textContent = '';
open(storedToken());
