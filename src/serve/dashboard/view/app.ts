import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { HearkenClient } from '../../client.js';
import type { Board } from '../board.js';
import { applyTheme, publishName, storedTheme, THEMES, type Theme } from '../stored.js';
import { AddCamera } from './add-camera.js';
import { CameraCard, hasBegun } from './camera-card.js';
import { EventList } from './event-list.js';
import { Publisher } from './publisher.js';
import { SiteSummary } from './site-summary.js';
import { TokenForm } from './token-form.js';

/** What the page is given. */
export interface AppProps {
  readonly board: Board;
  readonly client: HearkenClient;
  readonly token: string | undefined;
  readonly onToken: (token: string | undefined) => void;
}

const CONNECTION = { idle: 'not connected', connecting: 'connecting', open: 'connected', lost: 'connection lost, trying again' } as const;

const themeChoice = (theme: Theme, choose: (theme: Theme) => void): VNode => html`<label class="theme"><span class="visually-hidden">Colours</span>
  <select value=${theme} onChange=${(event: Event) => { choose(THEMES.find((one) => one === (event.currentTarget as HTMLSelectElement).value) ?? 'system'); }}>
    <option value="system">System colours</option><option value="light">Light</option><option value="dark">Dark</option>
  </select></label>`;

const banner = ({ connection, trouble, dropped }: Board): VNode | undefined => {
  const lost = connection.value === 'lost';
  if (!lost && trouble.value === undefined && dropped.value === 0) return undefined;
  const text = lost ? 'The connection to Hearken is lost. What you see is from before; it is being made again, and what was missed will be fetched.'
    : trouble.value ?? `This page read too slowly: ${dropped.value} messages were left out.`;
  return html`<p class=${`banner${lost || trouble.value !== undefined ? ' bad' : ''}`} role="status">${text}</p>`;
};

/** Cameras that bring nothing stand first: they want somebody. */
const CameraList = ({ board, client }: { readonly board: Board; readonly client: HearkenClient }): VNode => {
  const cameras = board.cameras.value;
  if (cameras === undefined) return html`<p class="absent">Asking for the cameras …</p>`;
  if (cameras.length === 0) return html`<p class="absent">There is no camera yet. Add one, publish this computer’s, or write some into the configuration file.</p>`;
  return html`<ul class="camera-list">${[...cameras].sort((a, b) => Number(hasBegun(a)) - Number(hasBegun(b))).map((view) => html`<${CameraCard} key=${view.name} view=${view} client=${client} />`)}</ul>`;
};

interface HeaderProps {
  readonly board: Board;
  readonly theme: Theme;
  readonly onTheme: (theme: Theme) => void;
  readonly publishing: boolean;
  readonly onPublish: () => void;
  readonly onAdd: () => void;
  readonly onLeave: (() => void) | undefined;
}

const header = ({ board: { connection }, theme, onTheme, publishing, onPublish, onAdd, onLeave }: HeaderProps): VNode => html`<header class="top">
  <h1>Hearken</h1>
  <span class=${`connection connection-${connection.value}`} role="status">${CONNECTION[connection.value]}</span>
  <span class="space"></span>
  ${themeChoice(theme, onTheme)}
  ${onLeave === undefined ? undefined : html`<button type="button" class="quiet" onClick=${onLeave}>Forget token</button>`}
  <button type="button" onClick=${onPublish} disabled=${publishing}>Publish this computer</button>
  <button type="button" class="primary" onClick=${onAdd}>Add camera</button>
</header>`;

/** The whole page. */
export const App = ({ board, client, token, onToken }: AppProps): VNode => {
  const [theme, setTheme] = useState<Theme>(storedTheme());
  const [adding, setAdding] = useState(false);
  const [publishAs, setPublishAs] = useState<string | undefined>(undefined);
  const need = board.tokenNeed.value;
  if (need !== undefined) return html`<${TokenForm} need=${need} onToken=${onToken} />`;
  return html`
    <a class="skip" href="#cameras">To the cameras</a>
    ${header({
      board, theme, publishing: publishAs !== undefined,
      onTheme: (next) => {
        applyTheme(next);
        setTheme(next);
      },
      onPublish: () => { setPublishAs(publishName()); },
      onAdd: () => { setAdding(true); },
      onLeave: token === undefined ? undefined : () => { onToken(undefined); },
    })}
    ${banner(board)}
    ${publishAs === undefined ? undefined : html`<${Publisher} client=${client} token=${token} name=${publishAs} onStop=${() => { setPublishAs(undefined); }} />`}
    <main class="columns">
      <div class="left">
        <${SiteSummary} board=${board} theme=${theme} />
        <section id="cameras" class="cameras" tabindex="-1" aria-labelledby="cameras-title"><h2 id="cameras-title">Cameras</h2><${CameraList} board=${board} client=${client} /></section>
      </div>
      <${EventList} board=${board} />
    </main>
    <p class="visually-hidden" aria-live="polite" role="log">${board.announcement.value}</p>
    ${adding ? html`<${AddCamera} client=${client} onClose=${() => { setAdding(false); }} />` : undefined}`;
};
