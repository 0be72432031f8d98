import type { PublicationLog } from './log.js';
import type { CloseReason, Command, Hello, ServerMessage } from './protocol.js';
import { PROTOCOL } from './protocol.js';
import type { Publication } from './publication.js';
import { Pump } from './pump.js';
import { failure, readCommand } from './read-command.js';
import { Subscription } from './subscription.js';
import { TokenBucket, type Rate } from './token-bucket.js';

/** The way out to one client. A WebSocket has this shape; a test can have it too. */
export interface Outlet {
  /** Bytes handed over that have not left yet. */
  readonly bufferedBytes: number;
  /** Hands a text over; `sent` is called when it has left, or never. */
  send(text: string, sent: () => void): void;
  close(reason: CloseReason): void;
}

/** What one client may do. */
export interface SessionLimits {
  readonly subscriptions: number;
  readonly messages: Rate;
  /** Messages that are no valid command, before the connection is closed. */
  readonly mistakes: number;
  /** Answers to commands that may wait for a client that does not read. */
  readonly waitingAnswers: number;
  /** Bytes handed over to the socket before waiting for it. */
  readonly bufferedBytes: number;
}

/**
 * One client: reads its commands, and sends it what it subscribed to as fast as it takes it. What it holds is
 * bounded by {@link SessionLimits}; published messages stay in the log until the socket has room.
 */
export class Session {
  readonly #log: PublicationLog;
  readonly #outlet: Outlet;
  readonly #limits: SessionLimits;
  readonly #nowMs: () => number;
  readonly #bucket: TokenBucket;
  readonly #subscriptions = new Map<number, Subscription>();
  readonly #answers: string[] = [];
  readonly #pump: Pump;
  #mistakes = 0;

  /**
   * @param server the name of this run of the server
   * @param log what is published
   * @param outlet the way out
   * @param limits what the client may do
   * @param nowMs a clock that does not run backwards [ms]
   */
  constructor(server: string, log: PublicationLog, outlet: Outlet, limits: SessionLimits, nowMs: () => number) {
    this.#log = log;
    this.#outlet = outlet;
    this.#limits = limits;
    this.#nowMs = nowMs;
    this.#bucket = new TokenBucket(limits.messages, nowMs());
    this.#pump = new Pump({
      get bufferedBytes() { return outlet.bufferedBytes; },
      next: () => this.#next(),
      send: (text) => { outlet.send(text, () => { this.pump(); }); },
    }, limits.bufferedBytes);
    const hello: Hello = { type: 'hello', protocol: PROTOCOL, server, seq: log.seq };
    this.#answer(hello);
  }

  /** Counts a message of any sort against the rate; false when the client sent too many and was closed. */
  allow(): boolean {
    if (this.#pump.stopped) return false;
    if (this.#bucket.take(this.#nowMs())) return true;
    this.close('too_many_requests');
    return false;
  }

  /** Takes one text of the client. */
  receive(text: string): void {
    if (!this.allow()) return;
    const read = readCommand(text);
    if (read.command !== undefined) {
      this.#answer(this.#obey(read.command));
      return;
    }
    this.#answer(read.failure);
    this.#mistakes += 1;
    if (this.#mistakes >= this.#limits.mistakes) this.close('malformed');
  }

  /** Sends what there is to send, as far as the socket has room. */
  pump(): void {
    this.#pump.run();
  }

  /** Notes that messages left the log; how many of them this client has now lost. */
  gone(publications: readonly Publication[]): number {
    let lost = 0;
    for (const subscription of this.#subscriptions.values()) {
      for (const publication of publications) if (subscription.gone(publication)) lost += 1;
    }
    return lost;
  }

  /** Closes the connection and forgets what the client asked for. Idempotent. */
  close(reason: CloseReason): void {
    if (this.#pump.stopped) return;
    this.end();
    this.#outlet.close(reason);
  }

  /** The connection is gone: nothing more is sent. */
  end(): void {
    this.#pump.stop();
    this.#subscriptions.clear();
    this.#answers.length = 0;
  }

  #answer(message: ServerMessage): void {
    if (this.#answers.length >= this.#limits.waitingAnswers) {
      this.close('unresponsive');
      return;
    }
    this.#answers.push(JSON.stringify(message));
    this.pump();
  }

  #obey(command: Command): ServerMessage {
    switch (command.type) {
      case 'ping': return { id: command.id, type: 'pong' };
      case 'unsubscribe':
        return this.#subscriptions.delete(command.subscription)
          ? { id: command.id, type: 'result', success: true, result: null }
          : failure(command.id, 'not_found', `There is no subscription ${command.subscription}.`);
      case 'subscribe': return this.#subscribe(command);
    }
  }

  #subscribe(command: Command & { type: 'subscribe' }): ServerMessage {
    const { id } = command;
    if (this.#subscriptions.has(id)) return failure(id, 'id_in_use', `Subscription ${id} is already there; choose another id.`);
    if (this.#subscriptions.size >= this.#limits.subscriptions) {
      return failure(id, 'too_many_subscriptions', `A client may have ${this.#limits.subscriptions} subscriptions; end one first.`);
    }
    const subscription = new Subscription(id, command, this.#log);
    this.#subscriptions.set(id, subscription);
    return { id, type: 'result', success: true, result: subscription.subscribed };
  }

  /** Answers first, then what was published. */
  #next(): string | undefined | null {
    const answer = this.#answers.shift();
    if (answer !== undefined) return answer;
    const behind = this.#farthestBehind();
    return behind === undefined ? null : behind.next();
  }

  /** The subscription to serve next: so several are served in the order of time. */
  #farthestBehind(): Subscription | undefined {
    let last: Subscription | undefined;
    for (const one of this.#subscriptions.values()) if (one.behind && (last === undefined || one.seq < last.seq)) last = one;
    return last;
  }
}
