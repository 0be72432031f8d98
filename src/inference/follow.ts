import { Fault } from '../faults.js';

/** A request that follows redirects under rules of ours. */

const MAX_REDIRECTS = 5;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

const refused = (message: string, remedy: string): Fault => new Fault('inference', 'download-failed', message, { remedy });

/** Whether an address may be asked when `first` was the user's: https always, http only on this machine or when that was http too. */
export const mayFollow = (url: URL, first: URL): boolean =>
  url.protocol === 'https:' || (url.protocol === 'http:' && (first.protocol === 'http:' || LOOPBACK.has(url.hostname)));

const target = (response: Response, from: URL): URL => {
  try {
    return new URL(response.headers.get('location') ?? '', from);
  } catch {
    throw refused(`${from.host} redirects to an address that is none.`, 'Try another mirror.');
  }
};

/**
 * Fetches an address, following at most five redirects, never from https to http.
 *
 * @throws Fault `download-failed` for a redirect we do not follow; else what `fetch` throws
 */
export const follow = async (address: string, init: Pick<RequestInit, 'headers' | 'signal'>): Promise<Response> => {
  const first = new URL(address);
  let url = first;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    if (url === first && !mayFollow(url, first)) throw refused(`Nothing is fetched from a ${first.protocol} address.`, 'Name a mirror at https://, or at http:// on this machine.');
    if (!mayFollow(url, first)) throw refused(`${first.host} redirects to ${url.protocol}//${url.host}, which is not encrypted.`, 'Try another mirror.');
    const response = await fetch(url, { ...init, redirect: 'manual' });
    if (!REDIRECTS.has(response.status)) return response;
    await response.body?.cancel();
    url = target(response, url);
  }
  throw refused(`${first.host} redirects more than ${MAX_REDIRECTS} times.`, 'Try another mirror.');
};
