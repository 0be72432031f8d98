import { createHmac, timingSafeEqual } from 'node:crypto';

/** The signature of a body sent at a time [epoch s]: HMAC-SHA-256 of `<time>.<body>` (RFC 2104), as the header has it. */
export const sign = (secret: string, timeS: number, body: string): string =>
  `v1=${createHmac('sha256', secret).update(`${timeS}.${body}`).digest('hex')}`;

/** What a receiver knows of a delivery. */
export interface Delivery {
  /** The body, byte for byte as it came. */
  readonly body: string;
  /** Header `x-hearken-signature`. */
  readonly signature: string | undefined;
  /** Header `x-hearken-timestamp`. */
  readonly timestamp: string | undefined;
}

/**
 * Whether a delivery comes from who has the secret, and is no old one sent again. For receivers.
 *
 * @param toleranceS how far its time may lie from this machine's [s]
 * @param nowS this machine's time [epoch s]
 */
export const verifyDelivery = (secret: string, { body, signature, timestamp }: Delivery, toleranceS = 300, nowS = Date.now() / 1000): boolean => {
  if (signature === undefined || timestamp === undefined || !/^\d{1,12}$/.test(timestamp)) return false;
  const timeS = Number(timestamp);
  const wanted = Buffer.from(sign(secret, timeS, body));
  const given = Buffer.from(signature);
  return given.length === wanted.length && timingSafeEqual(given, wanted) && Math.abs(nowS - timeS) <= toleranceS;
};
