/** RTSP requests (RFC 2326): taking them out of a connection's bytes, and who may make them. */
import { createHash } from 'node:crypto';

/** One request. */
export interface Request {
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

/** The most that a client may send before a request is complete [bytes]. */
const MOST_BYTES = 65_536;

/** Gathers bytes into requests; packets that the client interleaves (its RTCP reports) are passed over. */
export class RequestReader {
  #bytes = Buffer.alloc(0);

  /** Adds bytes, and gives the requests that are complete now. */
  push(bytes: Buffer): Request[] {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    if (this.#bytes.length > MOST_BYTES) throw new Error('a request is too long');
    const requests: Request[] = [];
    for (let request = this.#next(); request !== undefined; request = this.#next()) requests.push(request);
    return requests;
  }

  #next(): Request | undefined {
    while (this.#bytes[0] === 0x24 && this.#bytes.length >= 4 && this.#bytes.length >= 4 + this.#bytes.readUInt16BE(2)) {
      this.#bytes = this.#bytes.subarray(4 + this.#bytes.readUInt16BE(2));
    }
    const end = this.#bytes[0] === 0x24 ? -1 : this.#bytes.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const [first = '', ...lines] = this.#bytes.subarray(0, end).toString('latin1').split('\r\n');
    const headers = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
    const whole = end + 4 + Number(headers.get('content-length') ?? 0);
    if (this.#bytes.length < whole) return undefined;
    this.#bytes = this.#bytes.subarray(whole);
    const [method = '', url = ''] = first.split(' ');
    return { method, url, headers };
  }
}

/** Who may watch, and how that is asked. */
export interface Credentials {
  readonly user: string;
  readonly password: string;
  readonly scheme: 'basic' | 'digest';
}

const REALM = 'hearken';
const NONCE = 'b7d4f0c1';
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** What a `401` asks for. */
export const challenge = ({ scheme }: Credentials): string => (scheme === 'basic' ? `Basic realm="${REALM}"` : `Digest realm="${REALM}", nonce="${NONCE}"`);

/** Whether a request carries the right credentials (RFC 7617; RFC 2617, 3.2.2 without `qop`). */
export const isAllowed = ({ user, password, scheme }: Credentials, { method, headers }: Request): boolean => {
  const said = headers.get('authorization') ?? '';
  if (scheme === 'basic') return said === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  const field = (name: string): string => new RegExp(`[ ,]${name}="([^"]*)"`).exec(said)?.[1] ?? '';
  const wanted = md5(`${md5(`${user}:${REALM}:${password}`)}:${NONCE}:${md5(`${method}:${field('uri')}`)}`);
  return said.startsWith('Digest ') && field('username') === user && field('response') === wanted;
};
