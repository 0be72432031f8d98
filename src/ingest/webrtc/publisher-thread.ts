/**
 * A camera that is published to, on its thread in the media process: waits for a publisher, answers its offer, and receives it
 * until it goes. Loaded there by its URL; the service talks to it through `publisher-door.ts`.
 */
import { randomBytes } from 'node:crypto';
import { Fault } from '../../faults.js';
import type { ConnectSpec } from '../../media/protocol.js';
import type { ConnectionEvents, ThreadConnection } from '../../media/thread-connection.js';
import type { ClipAnswer, ClipRequest, DecodeCost, FrameAnswer, FrameRequest, StillAnswer, StillRequest } from '../../media/types.js';
import { readFragment, readOffer, type Offer } from './offer.js';
import { Peer, type PeerOptions } from './peer.js';
import type { PublisherQuestion, PublisherReply, PublisherSettings } from './publisher-door.js';
import { Reception } from './reception.js';
import type { WhipAnswer, WhipDone, WhipRefusal } from './whip-door.js';

/** A session is ended when nothing has come for this long [ms]. */
const REAP_MS = 30_000;
/** A publisher that has been silent for this long gives way to a new one: a page that was loaded again, a browser that crashed [ms]. */
const GIVE_WAY_MS = 5_000;
/** How often it is looked after, and how often while packets are missing [ms]. */
const TICK_MS = 200;
const MEND_MS = 12;
/** Candidates that one session takes over all its fragments. */
const MOST_TRICKLED = 100;

const NOTHING: DecodeCost = { decodedFrames: 0, decodeMs: 0, scaleMs: 0, waitMs: 0 };
const NO_SESSION: WhipRefusal = { refused: 'no-session', sentence: 'There is no such session; it has ended.' };

/** Not to be guessed: who knows it may end the session. */
const newId = (): string => randomBytes(18).toString('base64url');

/** One publisher. */
interface Session {
  readonly id: string;
  readonly etag: string;
  readonly ufrag: string | undefined;
  readonly peer: Peer;
  readonly reception: Reception;
  candidates: number;
}

const endedByPublisher = (name: string): Fault => new Fault('ingest', 'source-lost', `${name} was ended by its publisher.`, { remedy: 'The next one is waited for.' });

const portsOf = ({ udpPorts }: PublisherSettings): PeerOptions => {
  const [first, last] = udpPorts ?? [];
  return first === undefined || last === undefined ? {} : { ports: [first, last] };
};

const noPort = (settings: PublisherSettings | undefined): WhipRefusal => ({
  refused: 'not-ready', retryAfterS: 10,
  sentence: `No UDP port of this machine is free for a publisher${settings?.udpPorts == null ? '' : ` between ${settings.udpPorts.join(' and ')}: widen whip.udp_ports`}.`,
});

const ufragOf = (sdp: string): string | undefined => /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];

class PublishedCamera implements ThreadConnection {
  readonly #spec: ConnectSpec;
  readonly #events: ConnectionEvents;
  readonly #sinceMs = performance.now();
  #session: Session | undefined;
  /** What was opened has ended: the next connection takes the next publisher. */
  #over = false;
  #permittedUs = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  readonly #closing = new Set<Promise<void>>();

  constructor(spec: ConnectSpec, events: ConnectionEvents) {
    this.#spec = spec;
    this.#events = events;
    this.#schedule();
    queueMicrotask(() => {
      events.listening();
    });
  }

  permit(untilUs: number, endUs?: number): void {
    this.#permittedUs = Math.max(this.#permittedUs, untilUs);
    this.#session?.reception.intake.permit(untilUs, endUs);
  }

  async frameAt(request: FrameRequest, cancelled: () => boolean): Promise<FrameAnswer> {
    return this.#session?.reception.intake.frameAt(request, cancelled) ?? { reason: 'closed', cost: NOTHING };
  }

  still(request: StillRequest): StillAnswer {
    return this.#session?.reception.intake.still(request) ?? { timeUs: 0, ms: 0 };
  }

  async clip(request: ClipRequest, cancelled: () => boolean): Promise<ClipAnswer> {
    return this.#session?.reception.intake.clip(request, cancelled) ?? { pictures: [], reason: 'closed', cost: NOTHING };
  }

  get videoDecoded(): { readonly packets: number; readonly frames: number } {
    return this.#session?.reception.intake.videoDecoded ?? { packets: 0, frames: 0 };
  }

  async ask(question: unknown): Promise<PublisherReply | undefined> {
    const asked = question as PublisherQuestion;
    switch (asked.ask) {
      case 'offer':
        return this.#offer(asked.sdp, asked.settings);
      case 'patch':
        return this.#patch(asked.id, asked.fragment, asked.ifMatch);
      case 'end':
        return { ended: this.#endedByPublisher(asked.id) };
      case 'figures':
        return { figures: this.#session?.reception.figures };
    }
  }

  async close(): Promise<void> {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#drop();
    await Promise.all(this.#closing);
  }

  async #offer(text: string, settings: PublisherSettings | undefined): Promise<PublisherReply> {
    if (this.#over) return { again: true };
    const offer = readOffer(text);
    if (offer.refused !== undefined) return offer;
    const busy = this.#makeRoom();
    if (busy !== undefined) return busy;
    return await this.#begin(offer, ufragOf(text), settings);
  }

  /** Undefined when a publisher may come: nobody is there, or who is there has been silent for a while. */
  #makeRoom(): PublisherReply | undefined {
    if (this.#session === undefined) return undefined;
    const { open, silentMs } = this.#session.reception;
    if (silentMs < GIVE_WAY_MS) {
      return { refused: 'busy', sentence: 'Somebody publishes to this camera already. End that session first, or publish to another camera.', retryAfterS: Math.ceil((GIVE_WAY_MS - silentMs) / 1000) };
    }
    if (!open) {
      this.#drop();
      return undefined;
    }
    const left = new Fault('ingest', 'source-lost', `${this.#spec.name} was left by its publisher, and another one came.`);
    setImmediate(() => { this.#end(left); });
    return { again: true };
  }

  async #begin(offer: Offer, ufrag: string | undefined, settings: PublisherSettings | undefined): Promise<WhipAnswer | WhipRefusal> {
    const session = this.#newSession(offer, ufrag, settings);
    this.#session = session;
    try {
      const sdp = await session.peer.answer(offer.sdp);
      if (sdp !== '' && !/^a=candidate:/m.test(sdp)) {
        if (this.#session === session) this.#drop();
        return noPort(settings);
      }
      if (sdp !== '' && this.#session === session) return { id: session.id, etag: session.etag, sdp };
    } catch {
      // werift says what it misses in words for programmers.
    }
    if (this.#session === session) this.#drop();
    return { refused: 'unprocessable', sentence: 'The offer cannot be answered: its ICE, DTLS or media lines do not fit together.' };
  }

  #newSession(offer: Offer, ufrag: string | undefined, settings: PublisherSettings | undefined): Session {
    // Media time goes on while nobody publishes; only before the very first publisher it stands still.
    const startUs = this.#spec.startUs === 0 ? 0 : this.#spec.startUs + Math.round((performance.now() - this.#sinceMs) * 1000);
    const id = newId();
    const of = (session: Session | undefined): boolean => session?.id === id;
    const reception: Reception = new Reception(offer, { ...this.#spec, startUs }, {
      askKeyFrame: () => { peer.askKeyFrame(); },
      askAgain: (sequences) => { peer.askAgain(sequences); },
      opened: (info, at) => { this.#events.opened(info, at); },
      media: (batch) => { this.#events.media(batch); },
    }, () => performance.now(), settings === undefined ? undefined : settings.keyFrameWaitS * 1000);
    reception.intake.permit(this.#permittedUs);
    const peer: Peer = new Peer(offer, {
      packet: (packet) => {
        if (!of(this.#session)) return;
        reception.packet(packet);
        if (reception.hasGaps) this.#schedule(MEND_MS);
      },
      report: (kind, ntp, timestamp) => { if (of(this.#session)) reception.report(kind, ntp, timestamp); },
      connected: () => { if (of(this.#session) && offer.video !== undefined) peer.askKeyFrame(); },
      gone: () => { if (of(this.#session)) this.#end(new Fault('ingest', 'source-lost', `${this.#spec.name} has lost its publisher.`, { remedy: 'It is waited for.' })); },
    }, settings === undefined ? {} : portsOf(settings));
    return { id, etag: newId(), ufrag, peer, reception, candidates: 0 };
  }

  async #patch(id: string, text: string, ifMatch: string | undefined): Promise<WhipDone | WhipRefusal> {
    const session = this.#session;
    if (session?.id !== id) return NO_SESSION;
    const fragment = readFragment(text);
    if (fragment.refused !== undefined) return fragment;
    if (ifMatch === undefined) return { refused: 'unconditional', sentence: 'Send the ETag of the session as If-Match.' };
    const restarts = ifMatch.trim() === '*' || (fragment.ufrag !== undefined && session.ufrag !== undefined && fragment.ufrag !== session.ufrag);
    if (restarts) return { refused: 'unprocessable', sentence: 'ICE is not restarted here. End this session by DELETE and POST a new offer.' };
    if (!ifMatch.split(',').some((tag) => tag.trim() === `"${session.etag}"`)) return { refused: 'stale', sentence: 'This is another ICE session: the ETag does not match.' };
    for (const candidate of fragment.candidates) {
      session.candidates += 1;
      if (session.candidates > MOST_TRICKLED) break;
      await session.peer.candidate(candidate).catch(() => undefined);
    }
    return {};
  }

  #endedByPublisher(id: string): boolean {
    const session = this.#session;
    if (session?.id !== id) return false;
    // The answer goes out first: it belongs to this connection, which its end takes away.
    setImmediate(() => {
      if (this.#session === session) this.#end(endedByPublisher(this.#spec.name));
    });
    return true;
  }

  #schedule(inMs = TICK_MS): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#tick();
    }, inMs);
  }

  #tick(): void {
    const session = this.#session;
    session?.reception.tick();
    if (session !== undefined && session.reception.silentMs >= REAP_MS) {
      this.#end(new Fault('ingest', 'source-stalled', `The publisher of ${this.#spec.name} has sent nothing for ${REAP_MS / 1000} s; its session is over.`, { remedy: 'The next one is waited for.' }));
    }
    if (!this.#over) this.#schedule(this.#session?.reception.hasGaps === true ? MEND_MS : TICK_MS);
  }

  /** A session that was open ends the connection; one that never was leaves no trace. */
  #end(fault: Fault): void {
    const wasOpen = this.#session?.reception.open === true;
    this.#session?.reception.end();
    this.#drop();
    if (!wasOpen || this.#over) return;
    this.#over = true;
    clearTimeout(this.#timer);
    this.#events.ended(fault);
  }

  #drop(): void {
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    const closed = Promise.allSettled([session.peer.close(), session.reception.close()]).then(() => {
      this.#closing.delete(closed);
    });
    this.#closing.add(closed);
  }
}

/** See `ThreadModule`: how `src/media` finds this. */
export const connect = (spec: ConnectSpec, events: ConnectionEvents): ThreadConnection => new PublishedCamera(spec, events);
