import { catchError, defer, finalize, from, of, type Observable } from 'rxjs';
import { sign } from './sign.js';
import type { WebhookSpec } from './types.js';

/** One message on its way to one address. */
export interface Parcel {
  /** The same on every attempt. */
  readonly id: string;
  readonly body: string;
}

/** How an attempt ended. `again` may succeed later, not before `afterMs` if the receiver said so. */
export type Outcome =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'again'; readonly why: string; readonly afterMs?: number };

/** Answers that say: not now. */
const NOT_NOW = new Set([408, 425, 429]);

const DEFAULT_TIMEOUT_MS = 10_000;

const retryAfterMs = (header: string | null, nowMs: number): number | undefined => {
  if (header === null) return undefined;
  // Seconds, or a date as RFC 9110, section 5.6.7 has it; of anything else Date.parse makes some year or other.
  const ms = /^\d{1,6}$/.test(header) ? Number(header) * 1000 : /^[A-Z][a-z]{2}, /.test(header) ? Date.parse(header) - nowMs : Number.NaN;
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
};

/** What an answer means for the message. */
export const outcomeOf = ({ status, headers }: Pick<Response, 'status' | 'headers'>, nowMs: number): Outcome => {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const why = `the receiver answered ${status}`;
  if (status < 500 && !NOT_NOW.has(status)) return { kind: 'refused', why };
  const afterMs = retryAfterMs(headers.get('retry-after'), nowMs);
  return { kind: 'again', why, ...(afterMs === undefined ? {} : { afterMs }) };
};

const post = async ({ url, secret, timeoutMs = DEFAULT_TIMEOUT_MS }: WebhookSpec, { id, body }: Parcel, attempt: number, nowMs: number, stop: AbortSignal): Promise<Outcome> => {
  const timeS = Math.floor(nowMs / 1000);
  const response = await fetch(url, {
    method: 'POST',
    body,
    // Nobody but the configuration says where messages go: a redirect is an answer like any other, and a refusal.
    redirect: 'manual',
    signal: AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)]),
    headers: {
      'content-type': 'application/json',
      'user-agent': 'hearken',
      'x-hearken-delivery': id,
      'x-hearken-attempt': String(attempt),
      'x-hearken-timestamp': String(timeS),
      ...(secret === undefined ? {} : { 'x-hearken-signature': sign(secret, timeS, body) }),
    },
  });
  // What the receiver has to say is not read, however long it is.
  await response.body?.cancel();
  return outcomeOf(response, nowMs);
};

/** One attempt to deliver a message. Cold; leaving it ends the attempt. Emits once and never errors. */
export const attemptTo = (spec: WebhookSpec, parcel: Parcel, attempt: number): Observable<Outcome> => defer(() => {
  const left = new AbortController();
  return from(post(spec, parcel, attempt, Date.now(), left.signal)).pipe(
    catchError((error: unknown) => of<Outcome>({
      kind: 'again',
      why: error instanceof DOMException && error.name === 'TimeoutError' ? 'the receiver did not answer in time' : 'the receiver cannot be reached',
    })),
    finalize(() => { left.abort(); }),
  );
});
