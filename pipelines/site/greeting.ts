/** What `serve` says of itself when it begins. Pure. */
import type { Address } from '../../src/serve/listen.js';
import type { CameraSettings } from '../../src/settings/site.js';

/** Listening on every address: this machine can be named by that of its loopback. */
const EVERYWHERE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

const hostOf = (host: string): string => {
  const name = EVERYWHERE[host] ?? host;
  return name.includes(':') ? `[${name}]` : name;
};

/** Where people, programs and subscribers find it: addresses stand alone between spaces, so that they can be clicked. */
export const addressLine = ({ host, port }: Address, secure: boolean): string => {
  const at = `${secure ? 's' : ''}://${hostOf(host)}:${port}`;
  return `listening${host in EVERYWHERE ? ' on all addresses of this machine' : ''}: dashboard http${at}/ · WebSocket ws${at}/ws · API http${at}/api/openapi.json`;
};

/** Which cameras there are; what of a source came from the environment is hidden. */
export const camerasLine = (cameras: ReadonlyMap<string, CameraSettings>): string => {
  if (cameras.size === 0) return 'no camera yet';
  return `${cameras.size} camera${cameras.size === 1 ? '' : 's'}: ${[...cameras.values()].map(({ name, shown }) => `${name} (${String(shown['source'])})`).join(', ')}`;
};
