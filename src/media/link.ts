/** One connection to a media process, seen from the service: messages in, an Observable's events out. */
import { Observable, map, type Subscriber } from 'rxjs';
import { faultFromRecord, type Fault } from '../faults.js';
import type { MediaWorker } from './media-worker.js';
import type { ConnectSpec, FromMedia, ToMedia } from './protocol.js';
import type { Turns } from './turns.js';
import type { AudioChunk, ClipAnswer, DecodeCost, FrameAnswer, LazyVideo, MediaInfo, OpenedAt, StillAnswer, VideoProgress } from './types.js';

/** The connection is open. */
export interface ConnectionOpened {
  readonly kind: 'opened';
  readonly info: MediaInfo;
  readonly video?: LazyVideo;
  readonly permit: (untilUs: number, endUs?: number) => void;
  /** When it was opened, by the wall clock of who opened it [ms since the epoch]. Default: when this is heard. */
  readonly epochMs?: number;
  /** Where it stands on the media clock, when somebody had to come first. Default: it begins now. */
  readonly at?: OpenedAt;
}

/** Puts a question of the connection's own kind to it; undefined when it is gone. Never rejects. */
export type Ask = (question: unknown) => Promise<unknown>;

/** The connection waits for somebody to come, and can be asked. */
export interface ConnectionListening {
  readonly kind: 'listening';
  readonly ask: Ask;
}

/** Sound that nobody took in time. */
export interface ConnectionDropped {
  readonly kind: 'audio-dropped';
  readonly startUs: number;
  readonly endUs: number;
}

/** The recording is over; with a fault when it is cut off or damaged. Nothing follows. */
export interface ConnectionEnded {
  readonly kind: 'ended';
  readonly fault?: Fault;
}

/** What one connection emits, in order. */
export type ConnectionEvent = ConnectionListening | ConnectionOpened | ConnectionEnded | AudioChunk | ConnectionDropped | VideoProgress;

const NOTHING: DecodeCost = { decodedFrames: 0, decodeMs: 0, scaleMs: 0, waitMs: 0 };

/** Hands the answer of a request for pictures over; undefined when the connection is gone. */
type Query = (reply: FromMedia | undefined) => void;

/** What all connections of a host share. */
export interface LinkOptions {
  /** How long pictures can be asked for after a recording's end [ms]. */
  readonly lingerMs: number;
  /** When clips are decoded. */
  readonly clips: Turns;
}

/** Owns one connection from its opening to its close. */
export class Link {
  readonly #worker: MediaWorker;
  readonly #c: number;
  readonly #subscriber: Subscriber<ConnectionEvent>;
  readonly #options: LinkOptions;
  readonly #queries = new Map<number, Query>();
  #nextQuery = 1;
  #ended = false;
  #gone = false;
  #pictures = false;
  #lingering: NodeJS.Timeout | undefined;

  /**
   * @param worker the process that holds the connection
   * @param c the connection's number in it
   * @param subscriber who hears of it
   * @param options see there
   */
  constructor(worker: MediaWorker, c: number, subscriber: Subscriber<ConnectionEvent>, options: LinkOptions) {
    this.#worker = worker;
    this.#c = c;
    this.#subscriber = subscriber;
    this.#options = options;
  }

  /** Connects. */
  open(spec: ConnectSpec): void {
    this.#worker.listen(this.#c, {
      receive: (message) => {
        this.#receive(message);
      },
      crashed: (fault) => {
        this.#leave();
        this.#subscriber.error(fault);
      },
    });
    this.#worker.send({ t: 'connect', c: this.#c, spec });
  }

  /** Closes; after the end of a recording with pictures only when nobody has asked for any for a while. */
  close(): void {
    if (this.#gone) return;
    if (!this.#ended || !this.#pictures) {
      this.#release();
      return;
    }
    this.#lingering = setInterval(() => {
      if (this.#queries.size === 0) this.#release();
    }, this.#options.lingerMs);
    this.#lingering.unref();
  }

  #release(): void {
    clearInterval(this.#lingering);
    this.#worker.send({ t: 'close', c: this.#c });
    this.#worker.forget(this.#c);
    this.#leave();
  }

  #leave(): void {
    this.#gone = true;
    for (const query of [...this.#queries.values()]) query(undefined);
  }

  #receive(message: FromMedia): void {
    switch (message.t) {
      case 'listening':
        this.#subscriber.next({ kind: 'listening', ask: async (question) => this.#put(question) });
        return;
      case 'opened':
        this.#subscriber.next({ ...this.#opened(message.info), epochMs: message.epochMs, ...(message.at === undefined ? {} : { at: message.at }) });
        return;
      case 'media':
        for (const dropped of message.dropped) this.#subscriber.next({ kind: 'audio-dropped', ...dropped });
        for (const chunk of message.audio) this.#subscriber.next(chunk);
        if (message.video !== undefined) this.#subscriber.next(message.video);
        return;
      case 'ended':
        this.#end(message.fault === undefined ? undefined : faultFromRecord(message.fault));
        return;
      case 'frame':
      case 'clip':
      case 'still':
      case 'reply':
        this.#queries.get(message.q)?.(message);
        return;
      case 'health':
    }
  }

  #end(fault: Fault | undefined): void {
    if (fault !== undefined && fault.kind !== 'source-damaged') {
      this.#subscriber.error(fault);
      return;
    }
    this.#ended = true;
    this.#subscriber.next({ kind: 'ended', ...(fault === undefined ? {} : { fault }) });
    this.#subscriber.complete();
  }

  #opened(info: MediaInfo): ConnectionOpened {
    this.#pictures = info.video !== undefined;
    const video: LazyVideo = {
      frameAt: (request) => this.#ask<FrameAnswer>((q) => ({ t: 'frame', c: this.#c, q, request }), (m) => (m.t === 'frame' ? m.answer : undefined), { reason: 'closed', cost: NOTHING }),
      clip: (request) => this.#options.clips.take((waitedMs) =>
        this.#ask<ClipAnswer>((q) => ({ t: 'clip', c: this.#c, q, request }), (m) => (m.t === 'clip' ? m.answer : undefined), { pictures: [], reason: 'closed', cost: NOTHING }).pipe(
          map((answer) => ({ ...answer, cost: { ...answer.cost, waitMs: answer.cost.waitMs + waitedMs } })),
        )),
      still: (request) => this.#ask<StillAnswer>((q) => ({ t: 'still', c: this.#c, q, request }), (m) => (m.t === 'still' ? m.answer : undefined), { timeUs: 0, ms: 0 }),
      release: () => {
        if (this.#ended && !this.#gone) this.#release();
      },
    };
    return {
      kind: 'opened',
      info,
      ...(info.video === undefined ? {} : { video }),
      permit: (untilUs, endUs) => {
        if (!this.#gone) this.#worker.send({ t: 'permit', c: this.#c, untilUs, ...(endUs === undefined ? {} : { endUs }) });
      },
    };
  }

  async #put(question: unknown): Promise<unknown> {
    if (this.#gone) return undefined;
    return new Promise((resolve) => {
      const q = this.#nextQuery++;
      this.#queries.set(q, (reply) => {
        this.#queries.delete(q);
        resolve(reply?.t === 'reply' ? reply.reply : undefined);
      });
      this.#worker.send({ t: 'ask', c: this.#c, q, question });
    });
  }

  #ask<A>(message: (q: number) => ToMedia, answerOf: (reply: FromMedia) => A | undefined, closed: A): Observable<A> {
    return new Observable((subscriber) => {
      const q = this.#nextQuery++;
      const answer = (reply: FromMedia | undefined): void => {
        this.#queries.delete(q);
        subscriber.next(reply === undefined ? closed : (answerOf(reply) ?? closed));
        subscriber.complete();
      };
      if (this.#gone) {
        answer(undefined);
        return undefined;
      }
      this.#queries.set(q, answer);
      this.#worker.send(message(q));
      return () => {
        if (this.#queries.delete(q)) this.#worker.send({ t: 'cancel', c: this.#c, q });
      };
    });
  }
}
