import { createHash } from 'node:crypto';
import { importMap, pageFiles, pageText } from '../page/files.js';
import { Refusal, sendBytes } from '../reply.js';
import type { Call, Route } from '../route.js';

/** Where `index.html` wants its import map: a policy that forbids scripts in the page must know this one. */
const PLACE = '<!-- import map -->';

const hashOf = (text: string, digest: 'base64' | 'base64url'): string => createHash('sha256').update(text).digest(digest);

/**
 * What the page may do (Content Security Policy, level 3): its own scripts and styles, its own server, pictures and sound it
 * made itself; nothing from elsewhere, in nobody's frame.
 */
const policyFor = (inline: string): string => [
  "default-src 'none'", `script-src 'self' 'sha256-${hashOf(inline, 'base64')}'`, "style-src 'self'", "img-src 'self' blob: data:",
  "media-src 'self' blob: mediastream:", "connect-src 'self'", "font-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ');

/** Sends a file, or says that the caller has it already. */
const sendFile = ({ request, response }: Call, type: string, bytes: Buffer | string): void => {
  const etag = `"${hashOf(bytes.toString('latin1'), 'base64url').slice(0, 22)}"`;
  // Asked for each time, sent only when changed: who updates Hearken sees the new page.
  const headers = { 'cache-control': 'no-cache', etag };
  if (request.headers['if-none-match'] === etag) response.writeHead(304, headers).end();
  else sendBytes(response, 200, type, bytes, headers);
};

const page: Route = {
  method: 'GET', path: '/', scope: 'open',
  handle: async ({ response }) => {
    const text = await pageText();
    if (text === undefined) throw new Refusal(404, 'There is no dashboard in this installation.');
    const inline = JSON.stringify({ imports: importMap() });
    sendBytes(response, 200, 'text/html; charset=utf-8', text.replace(PLACE, () => `<script type="importmap">${inline}</script>`), {
      'content-security-policy': policyFor(inline),
      // To publish this computer's camera.
      'permissions-policy': 'camera=(self), microphone=(self), geolocation=(), display-capture=(self)',
      'cross-origin-opener-policy': 'same-origin',
    });
  },
};

/** The dashboard: `/`, and the files it is made of under `/ui/`, a route for each. Nothing in them is secret: they need no token. */
export const pageRoutes = async (): Promise<Route[]> => [
  page,
  ...(await pageFiles()).map(({ path, type, read }): Route => ({
    method: 'GET', path, scope: 'open',
    handle: async (call) => { sendFile(call, type, await read()); },
  })),
];
