/** Plays a recording to one client at its own pace, in a loop with timestamps that go on, and with the faults that are switched on. */
import { rtpPacket, senderReport, wrapped, type RtpStream } from './rtp.js';
import type { RtpRecording, RtpTrack } from './tracks.js';

/** What goes wrong. All may be changed while clients are connected, unless it says otherwise. */
export interface Switches {
  /** Nothing is sent or answered any more, as by a camera that hangs. */
  frozen: boolean;
  /** No key frame is sent any more. */
  withoutKeyFrames: boolean;
  /** No sound is sent in a session's first seconds [s]. */
  soundFromS: number;
  /** The sound's clock runs this much too fast [parts per million]. For sessions that begin later. */
  soundDriftPpm: number;
  /** Pictures of this recording are sent from the next key frame on; it is as long and as fast as the one that is played. */
  instead: RtpRecording | undefined;
  /** Share of packets that are lost, 0…1; for UDP, since TCP loses none. */
  loss: number;
  /** The RTP timestamps that a session begins with; they wrap at 2³². For sessions that begin later. */
  firstTimestamps: { readonly video: number; readonly audio: number };
}

/** A camera without faults. */
export const healthy = (): Switches => ({
  frozen: false, withoutKeyFrames: false, soundFromS: 0, soundDriftPpm: 0, instead: undefined, loss: 0, firstTimestamps: { video: 1_000_000, audio: 2_000_000 },
});

/** Puts a packet of one track onto the wire. */
export type Send = (track: number, what: 'rtp' | 'rtcp', packet: Buffer) => void;

interface Voice {
  readonly index: number;
  readonly track: RtpTrack;
  readonly stream: RtpStream;
  readonly firstTimestamp: number;
  /** Seconds of its own clock in a second of the wall's. */
  readonly rate: number;
  /** Whose frames are sent: its own, or those of another recording. */
  shown: RtpTrack;
  loop: number;
  next: number;
}

const TICK_MS = 10;
const REPORT_EVERY_S = 4;

/** One session's sender. */
export class Player {
  readonly #recording: RtpRecording;
  readonly #switches: Switches;
  readonly #speed: number;
  readonly #send: Send;
  readonly #voices: readonly Voice[];
  #timer: NodeJS.Timeout | undefined;
  #startMs = 0;
  #jumpedS = 0;
  #reportedS = -Infinity;
  /** A linear congruential sequence, so that the same packets are lost on every run. */
  #dice = 1;

  /**
   * @param recording what is played
   * @param chosen indices of the tracks that the client set up
   * @param switches what goes wrong; read as it goes
   * @param speed 1 for live pace
   * @param send where packets go
   */
  constructor(recording: RtpRecording, chosen: readonly number[], switches: Switches, speed: number, send: Send) {
    this.#recording = recording;
    this.#switches = switches;
    this.#speed = speed;
    this.#send = send;
    this.#voices = chosen.flatMap((index) => {
      const track = recording.tracks[index];
      if (track === undefined) return [];
      return {
        index, track, shown: track, loop: 0, next: 0,
        stream: { ssrc: 0x4845_4100 + index, payloadType: track.payloadType, sequence: 100, packets: 0, octets: 0 },
        firstTimestamp: switches.firstTimestamps[track.kind],
        rate: track.kind === 'audio' ? 1 + switches.soundDriftPpm / 1e6 : 1,
      };
    });
  }

  /** What RTP-Info says of each track (RFC 2326, 12.33). */
  get firsts(): readonly { readonly index: number; readonly sequence: number; readonly timestamp: number }[] {
    return this.#voices.map(({ index, stream, firstTimestamp }) => ({ index, sequence: stream.sequence, timestamp: wrapped(firstTimestamp) }));
  }

  /** Begins to send. */
  start(): void {
    if (this.#timer !== undefined) return;
    this.#startMs = performance.now();
    this.#timer = setInterval(() => {
      this.#tick();
    }, TICK_MS);
  }

  /** Sends nothing more. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** The timestamps of all tracks jump, as after a camera's clock was set [s]. */
  jump(byS: number): void {
    this.#jumpedS += byS;
  }

  #tick(): void {
    const elapsedS = ((performance.now() - this.#startMs) / 1000) * this.#speed;
    if (elapsedS - this.#reportedS >= REPORT_EVERY_S) this.#report(elapsedS);
    for (;;) {
      const voice = this.#voices.reduce<Voice | undefined>((a, b) => (a === undefined || this.#dueS(b) < this.#dueS(a) ? b : a), undefined);
      if (voice === undefined || this.#dueS(voice) > elapsedS) return;
      this.#play(voice);
    }
  }

  #dueS({ track, loop, next, rate }: Voice): number {
    return (loop * this.#recording.durationS + (track.units[next]?.sendS ?? 0)) / rate;
  }

  #play(voice: Voice): void {
    const { track, loop, next } = voice;
    const switches = this.#switches;
    if (track.kind === 'video' && track.units[next]?.key === true) voice.shown = switches.instead?.tracks.find(({ kind }) => kind === 'video') ?? track;
    const unit = voice.shown.units[next];
    const dueS = this.#dueS(voice);
    voice.next = (next + 1) % track.units.length;
    if (voice.next === 0) voice.loop += 1;
    const withheld = track.kind === 'audio' ? dueS < switches.soundFromS : switches.withoutKeyFrames && unit?.key === true;
    if (unit === undefined || withheld || switches.frozen) return;
    const timestamp = voice.firstTimestamp + (loop * this.#recording.durationS + unit.showS + this.#jumpedS) * track.clockHz;
    unit.payloads.forEach((payload, i) => {
      const packet = rtpPacket(voice.stream, timestamp, i === unit.payloads.length - 1, payload);
      if (!this.#isLost()) this.#send(voice.index, 'rtp', packet);
    });
  }

  #report(elapsedS: number): void {
    this.#reportedS = elapsedS;
    if (this.#switches.frozen) return;
    const epochMs = performance.timeOrigin + this.#startMs + elapsedS * 1000;
    for (const { index, stream, firstTimestamp, rate, track } of this.#voices) {
      this.#send(index, 'rtcp', senderReport(stream, epochMs, firstTimestamp + (elapsedS * rate + this.#jumpedS) * track.clockHz));
    }
  }

  #isLost(): boolean {
    if (this.#switches.loss === 0) return false;
    this.#dice = (Math.imul(this.#dice, 1_664_525) + 1_013_904_223) >>> 0;
    return this.#dice / 2 ** 32 < this.#switches.loss;
  }
}
