const hostname = (host: string): string => host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1').toLowerCase();

/** Whether an address or a name (with or without port) can only mean this machine. */
export const isLoopback = (host: string): boolean => {
  const name = host.includes('::') && !host.startsWith('[') ? host : hostname(host);
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name);
};

/**
 * Whether a page of this origin may connect. Programs send no Origin. A page may when it comes from this machine,
 * from the very host it connects to, or from an origin on the list.
 */
export const originAllowed = (origin: string | undefined, host: string | undefined, allowed: readonly string[]): boolean => {
  if (origin === undefined || allowed.includes(origin)) return true;
  if (!URL.canParse(origin)) return false;
  const url = new URL(origin);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return false;
  return isLoopback(url.hostname) || url.host === host?.toLowerCase();
};

/**
 * Whether the Host header names a place this server may be called by. Without tokens, only names of this
 * machine: a page whose name was pointed at 127.0.0.1 (DNS rebinding) would otherwise count as the same host.
 */
export const hostAllowed = (host: string | undefined, guarded: boolean): boolean =>
  guarded || (host !== undefined && isLoopback(host));

/**
 * Whether the browser says that another site's page makes this call without asking for its answer (an image, a form):
 * such a call names no origin. Following a link from there to a page here is not meant.
 */
export const isForeign = (headers: Readonly<Record<string, string | string[] | undefined>>): boolean =>
  headers['origin'] === undefined && headers['sec-fetch-site'] === 'cross-site' && headers['sec-fetch-mode'] !== 'navigate';
