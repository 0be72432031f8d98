import type { Filter } from '../protocol.js';

/**
 * # Webhooks, `hearken.webhook.v1`
 *
 * Every published message that passes the filter is sent by `POST` to one address, one after the other and in order. The
 * body is the message as a subscriber gets it: `{"type":"event","seq":124,"camera":"dock","event":{…}}`. Its headers:
 *
 *     content-type: application/json
 *     x-hearken-delivery: 5f0c…-124              the same on every attempt: whoever has seen it may ignore it
 *     x-hearken-attempt: 2
 *     x-hearken-timestamp: 1767225600            when this attempt was made [epoch s]
 *     x-hearken-signature: v1=9f86d0…            HMAC-SHA-256 of `<timestamp>.<body>` under the secret, in hex
 *
 * Any 2xx answer is a success. 408, 425, 429, every 5xx, a timeout and a connection that fails are tried again, each time
 * after twice as long, with chance in it, or after what `Retry-After` says; every other answer, a redirect among them, is a
 * refusal of this message. What waits is bounded: the oldest message leaves, and is counted.
 */
export const WEBHOOK_PROTOCOL = 'hearken.webhook.v1';

/** Whom to tell, of what, and how patiently. */
export interface WebhookSpec {
  /** In metrics and logs, where the address, which may hold a secret, is never shown. */
  readonly name: string;
  /** `https:` or `http:`. Given by the configuration and by nobody else; redirects are not followed. */
  readonly url: string;
  /** Signs what is sent. */
  readonly secret?: string;
  /** What is sent; without it every event. `since_seq` has no meaning here. */
  readonly filter?: Omit<Filter, 'since_seq'>;
  /** Messages that may wait. Default 1000. */
  readonly queue?: number;
  /** Attempts for one message, the first included. Default 6. */
  readonly attempts?: number;
  /** Wait before the second attempt [ms]; twice as long before each further one. Default 1 s. */
  readonly retryFirstMs?: number;
  /** The longest wait between two attempts [ms]. Default 60 s. */
  readonly retryMaxMs?: number;
  /** How long an answer may take [ms]. Default 10 s. */
  readonly timeoutMs?: number;
}

/** What became of a webhook's messages. */
export interface WebhookStats {
  readonly name: string;
  /** Waiting, the one on its way included. */
  readonly waiting: number;
  readonly delivered: number;
  /** Attempts that failed and were, or will be, made again. */
  readonly retried: number;
  /** Lost since too many waited. */
  readonly overflowed: number;
  /** Lost since the receiver would not have them, or all attempts failed. */
  readonly failed: number;
}
