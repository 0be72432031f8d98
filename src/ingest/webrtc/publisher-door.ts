/** The service's side of a camera that is published to: hands a publisher's requests to whichever connection listens now. */
import type { Ask } from '../../media/link.js';
import type { WhipSettings } from '../../settings/whip.js';
import type { ReceptionFigures } from './reception.js';
import type { WhipAnswer, WhipDone, WhipDoor, WhipIceServer, WhipRefusal } from './whip-door.js';

/** How a publisher is received, as the connection is told with its offer. */
export type PublisherSettings = Pick<WhipSettings, 'udpPorts' | 'keyFrameWaitS'>;

/** What a listening connection is asked. Crosses the process boundary: plain data. */
export type PublisherQuestion =
  | { readonly ask: 'offer'; readonly sdp: string; readonly settings?: PublisherSettings }
  | { readonly ask: 'patch'; readonly id: string; readonly fragment: string; readonly ifMatch?: string }
  | { readonly ask: 'end'; readonly id: string }
  | { readonly ask: 'figures' };

/** What it answers. `again`: this connection is over, the next one is to be asked. */
export type PublisherReply =
  | WhipAnswer | WhipRefusal | WhipDone
  | { readonly refused?: never; readonly ended: boolean }
  | { readonly refused?: never; readonly again: true }
  | { readonly refused?: never; readonly figures: ReceptionFigures | undefined };

/** How long a publisher waits for a connection that is being made [ms]: a media process starts in a few hundred. */
const READY_MS = 5_000;

const NOT_READY: WhipRefusal = { refused: 'not-ready', sentence: 'This camera is just being started. Try again in a moment.', retryAfterS: 2 };
const NO_SESSION: WhipRefusal = { refused: 'no-session', sentence: 'There is no such session; it has ended.' };

const has = <K extends string>(reply: unknown, key: K): reply is Readonly<Record<K, unknown>> => typeof reply === 'object' && reply !== null && key in reply;

/**
 * One camera's door. It outlives its connections: whoever runs the camera makes it once, gives it to `open` (as
 * `OpenContext.door`) and to the server (as the {@link WhipDoor} of that camera).
 */
export class PublisherDoor implements WhipDoor {
  #ask: Ask | undefined;
  #settings: WhipSettings | undefined;
  readonly #waiting = new Set<() => void>();

  /**
   * A connection listens for a publisher.
   * @param ask puts a question to it
   * @returns to be called when it listens no more; idempotent
   */
  attach(ask: Ask): () => void {
    this.#ask = ask;
    for (const wake of [...this.#waiting]) wake();
    return () => {
      if (this.#ask === ask) this.#ask = undefined;
    };
  }

  /** Holds for the next publisher; who publishes now goes on as they are. */
  configure(settings: WhipSettings): void {
    this.#settings = settings;
  }

  /** See {@link WhipDoor.iceServers}. */
  get iceServers(): readonly WhipIceServer[] {
    return this.#settings?.iceServers ?? [];
  }

  /** Whether a connection listens now. */
  get listening(): boolean {
    return this.#ask !== undefined;
  }

  /** See {@link WhipDoor.offer}. */
  async offer(sdp: string, signal: AbortSignal): Promise<WhipAnswer | WhipRefusal> {
    const untilMs = performance.now() + READY_MS;
    while (!signal.aborted) {
      const ask = await this.#ready(untilMs - performance.now(), signal);
      if (ask === undefined) break;
      const reply = await ask({ ask: 'offer', sdp, ...this.#received() } satisfies PublisherQuestion);
      if (has(reply, 'refused')) return reply as unknown as WhipRefusal;
      if (has(reply, 'sdp')) return await this.#given(reply as unknown as WhipAnswer, signal);
      // It is over: nobody asks it again.
      if (this.#ask === ask) this.#ask = undefined;
    }
    return NOT_READY;
  }

  /** See {@link WhipDoor.patch}. */
  async patch(id: string, fragment: string, ifMatch: string | undefined): Promise<WhipDone | WhipRefusal> {
    const reply = await this.#ask?.({ ask: 'patch', id, fragment, ...(ifMatch === undefined ? {} : { ifMatch }) } satisfies PublisherQuestion);
    return reply === undefined ? NO_SESSION : (reply as WhipDone | WhipRefusal);
  }

  /** See {@link WhipDoor.end}. */
  async end(id: string): Promise<boolean> {
    const reply = await this.#ask?.({ ask: 'end', id } satisfies PublisherQuestion);
    return has(reply, 'ended') && reply.ended === true;
  }

  /** What became of what the publisher has sent; undefined when nobody publishes. */
  async figures(): Promise<ReceptionFigures | undefined> {
    const reply = await this.#ask?.({ ask: 'figures' } satisfies PublisherQuestion);
    return has(reply, 'figures') ? (reply.figures as ReceptionFigures | undefined) : undefined;
  }

  #received(): { readonly settings?: PublisherSettings } {
    if (this.#settings === undefined) return {};
    const { udpPorts, keyFrameWaitS } = this.#settings;
    return { settings: { udpPorts, keyFrameWaitS } };
  }

  /** An answer that nobody waits for any more ends its session, or it would keep the next publisher out. */
  async #given(answer: WhipAnswer, signal: AbortSignal): Promise<WhipAnswer | WhipRefusal> {
    if (!signal.aborted) return answer;
    await this.end(answer.id);
    return NOT_READY;
  }

  async #ready(withinMs: number, signal: AbortSignal): Promise<Ask | undefined> {
    if (this.#ask !== undefined || withinMs <= 0) return this.#ask;
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, withinMs);
      signal.addEventListener('abort', wake, { once: true });
      this.#waiting.add(wake);
    });
    return this.#ask;
  }
}
