/** What one camera did and cost, counted from what it puts out. */
import type { SegmentMessage } from '../../src/emit/types.js';
import { isForbidden } from '../../src/sense/types.js';
import type { CameraReport } from '../../src/serve/camera-report.js';

type Sense = 'appearance' | 'motion';

/** Media time over which rates are taken [s]. */
const RATE_S = 60;

interface Spent {
  readonly endTime: number;
  readonly gmacs: number;
  readonly ms: number;
}

/** Counts since the camera was added; the connection's coming and going does not reset them. */
export class Figures {
  #segments = 0;
  #looked = 0;
  #frames = 0;
  #dropped = 0;
  #reconnects = 0;
  #level: number | null = null;
  #budget: SegmentMessage['budget'];
  #lagMs: number | null = null;
  /** The last minute, oldest first; at most some two hundred. */
  #spent: Spent[] = [];
  readonly #openedTime = new Map<Sense, number>();
  /** Since when each gate was asked without a break in the stream [epoch s]; gone while it is off. */
  readonly #askedSince = new Map<Sense, number>();
  #endTime = 0;

  /** A connection after the first. */
  reconnected(): void {
    this.#reconnects += 1;
  }

  /** The stream begins anew: a gate is not blamed for the time that nothing came. */
  begun(): void {
    this.#askedSince.clear();
  }

  /** A segment was dropped since this machine was too slow. */
  overtaken(): void {
    this.#dropped += 1;
  }

  /** @param lagMs from the segment's end until now, where the source is live */
  segment(segment: SegmentMessage, lagMs: number | null): void {
    this.#segments += 1;
    this.#looked += segment.looked ? 1 : 0;
    this.#frames += Object.values(segment.stages).reduce((sum, { frames }) => sum + frames, 0);
    this.#level = segment.level_dbfs ?? null;
    this.#budget = segment.budget;
    this.#lagMs = lagMs;
    this.#spend(segment);
    for (const sense of ['appearance', 'motion'] as const) this.#gate(sense, segment);
  }

  #spend({ end_time: endTime, cost }: SegmentMessage): void {
    this.#endTime = endTime;
    this.#spent.push({ endTime, gmacs: cost.gmacs, ms: cost.ms + cost.decode_ms });
    const first = this.#spent.findIndex((spent) => spent.endTime > endTime - RATE_S && spent.endTime <= endTime);
    if (first > 0) this.#spent = this.#spent.slice(first);
  }

  #gate(sense: Sense, { gate, start_time: start, end_time: end }: SegmentMessage): void {
    const decision = gate[sense];
    if (decision === undefined || isForbidden(decision)) {
      this.#askedSince.delete(sense);
      return;
    }
    if (!this.#askedSince.has(sense)) this.#askedSince.set(sense, start);
    if (decision.open) this.#openedTime.set(sense, end);
  }

  /** Counts and rates as they are shown. */
  get report(): CameraReport['figures'] {
    const [first] = this.#spent;
    const spanS = first === undefined ? 0 : this.#endTime - first.endTime;
    // The first of them only marks where the span begins.
    const rate = (of: (spent: Spent) => number): number => (spanS <= 0 ? 0 : Math.max(0, this.#spent.slice(1).reduce((sum, spent) => sum + of(spent), 0) / spanS));
    return {
      segments: this.#segments,
      looked_share: this.#segments === 0 ? 0 : this.#looked / this.#segments,
      gmacs_per_s: rate(({ gmacs }) => gmacs),
      ms_per_s: rate(({ ms }) => ms),
      frames_decoded: this.#frames,
      dropped: this.#dropped,
      reconnects: this.#reconnects,
      audio_dbfs: this.#level,
      lag_ms: this.#lagMs,
      ...(this.#budget === undefined ? {} : { budget: this.#budget }),
    };
  }

  /** When a gate was last open [epoch s], and for how long it has been shut [s of media]; null where it is off. */
  gate(sense: Sense): { readonly lastOpenedTime: number | null; readonly shutS: number | null } {
    const since = this.#askedSince.get(sense);
    const opened = this.#openedTime.get(sense);
    return { lastOpenedTime: opened ?? null, shutS: since === undefined ? null : this.#endTime - Math.max(since, opened ?? since) };
  }
}
