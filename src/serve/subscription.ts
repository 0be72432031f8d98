import type { PublicationLog } from './log.js';
import type { Filter, Lagged, Subscribed } from './protocol.js';
import { select, textFor, type Publication, type Selection } from './publication.js';

/** Messages looked at in one go; whoever asks can then let others have their turn. */
const LOOK_AT_MOST = 50;

/** How a subscriber is spoken to. */
export interface Wording {
  /** Says that so many messages were lost. */
  lagged(dropped: number): string;
  message(publication: Publication): string;
}

/** As a WebSocket says it. */
const overWebSocket = (id: number): Wording => ({
  lagged: (dropped) => JSON.stringify({ type: 'lagged', subscription: id, dropped } satisfies Lagged),
  message: (publication) => textFor(id, publication),
});

/** How far one subscriber has read in the log, and what left the log before they came to it. */
export class Subscription {
  /** The answer to the command that made it. */
  readonly subscribed: Subscribed;
  readonly #log: PublicationLog;
  readonly #selection: Selection;
  readonly #wording: Wording;
  /** The last number that was sent or passed over. */
  #seq: number;
  #dropped = 0;

  /**
   * @param id the id of the command that made it
   * @param filter what it lets pass, and where it begins
   * @param log where it reads
   * @param wording how the subscriber is spoken to; as over a WebSocket unless told otherwise
   */
  constructor(id: number, filter: Filter, log: PublicationLog, wording: Wording = overWebSocket(id)) {
    this.#log = log;
    this.#wording = wording;
    this.#selection = select(filter);
    const since = filter.since_seq;
    const replay = since === undefined ? null : log.replay(since, this.#selection.kinds);
    this.subscribed = { subscription: id, seq: log.seq, replay };
    // A number from the future is one of another run: then all there is, is news.
    this.#seq = since === undefined ? log.seq : since > log.seq ? 0 : since;
  }

  /** The last number that was sent or passed over. */
  get seq(): number {
    return this.#seq;
  }

  /** Whether there may be something to read. */
  get behind(): boolean {
    return this.#seq < this.#log.seq;
  }

  /** Notes that a message left the log; true when it was one that this subscriber has now lost. */
  gone(publication: Publication): boolean {
    const lost = publication.seq > this.#seq && this.#selection.matches(publication);
    if (lost) this.#dropped += 1;
    return lost;
  }

  /**
   * The next text to send: a word on what was lost, then what matches. Undefined when all is read, or, while this
   * subscriber is still {@link behind}, when nothing that was looked at matched: ask again.
   */
  next(): string | undefined {
    if (this.#dropped > 0) {
      const dropped = this.#dropped;
      this.#dropped = 0;
      return this.#wording.lagged(dropped);
    }
    for (let looked = 0; looked < LOOK_AT_MOST; looked++) {
      const publication = this.#log.after(this.#seq, this.#selection.kinds);
      this.#seq = publication?.seq ?? this.#log.seq;
      if (publication === undefined) break;
      if (this.#selection.matches(publication)) return this.#wording.message(publication);
    }
    return undefined;
  }
}
