import { Counter, Gauge, type Registry } from 'prom-client';
import type { SegmentMessage, WireAudit, WireCost } from '../../emit/types.js';
import { endSeries } from './end-series.js';

const NO_COST: WireCost = { gmacs: 0, ms: 0, decode_ms: 0 };

/** What the last audit cost: the stream says what all of them did, and begins anew when the camera is opened anew. */
const newCost = ({ sampled, cost }: WireAudit, before: WireAudit | undefined): WireCost => {
  const { gmacs, ms, decode_ms: decodeMs } = before === undefined || before.sampled >= sampled ? NO_COST : before.cost;
  return { gmacs: Math.max(0, cost.gmacs - gmacs), ms: Math.max(0, cost.ms - ms), decode_ms: Math.max(0, cost.decode_ms - decodeMs) };
};

/** The gate mode `shadow`: what segments that were looked at in full show of what gates miss and save. */
export class AuditMetrics {
  readonly #segments;
  readonly #missed;
  readonly #macs;
  readonly #seconds;
  readonly #missRatio;
  readonly #savedRatio;
  /** What each camera's stream said last. */
  readonly #last = new Map<string, WireAudit>();

  /** @param registers where the metrics are listed */
  constructor(...registers: Registry[]) {
    const counter = <L extends string>(what: string, help: string, ...labels: L[]): Counter<L | 'camera'> =>
      new Counter({ name: `hearken_audit_${what}_total`, help, labelNames: ['camera', ...labels], registers });
    const gauge = <L extends string>(what: string, help: string, ...labels: L[]): Gauge<L | 'camera'> =>
      new Gauge({ name: `hearken_audit_${what}_ratio`, help, labelNames: ['camera', ...labels], registers });
    this.#segments = counter('segments', 'Segments that were looked at in full (gate mode shadow).');
    this.#missed = counter('missed_segments', 'Those of them on which shut gates hid something.');
    this.#macs = counter('macs', 'Multiply-accumulates of these segments: gates enforced, or open.', 'gates');
    this.#seconds = counter('seconds', 'Measured time of these segments in nets and decoding: gates enforced, or open.', 'gates');
    this.#missRatio = gauge('miss', 'Share of these segments on which shut gates hid something, since the stream began.');
    this.#savedRatio = gauge('saved', 'Share of what these segments cost in full that enforced gates save, since the stream began.', 'currency');
  }

  /** Counts a segment, if it was audited; a gate that is no longer in the mode shadow keeps what it showed. */
  observe(camera: string, { missed, cost, so_far: { audit } }: SegmentMessage): void {
    if (missed === undefined || audit === undefined) return;
    const more = newCost(audit, this.#last.get(camera));
    this.#last.set(camera, audit);
    this.#segments.inc({ camera });
    this.#missed.inc({ camera }, missed.length > 0 ? 1 : 0);
    for (const [gates, gmacs, ms] of [['enforced', cost.gmacs, cost.ms + cost.decode_ms], ['open', cost.gmacs + more.gmacs, cost.ms + cost.decode_ms + more.ms + more.decode_ms]] as const) {
      this.#macs.inc({ camera, gates }, Math.round(gmacs * 1e9));
      this.#seconds.inc({ camera, gates }, ms / 1000);
    }
    this.#missRatio.set({ camera }, audit.miss_rate);
    this.#savedRatio.set({ camera, currency: 'gmacs' }, audit.saved_gmacs_share);
    this.#savedRatio.set({ camera, currency: 'ms' }, audit.saved_ms_share);
  }

  /** Forgets a camera that is no more: its series end. */
  async forget(camera: string): Promise<void> {
    this.#last.delete(camera);
    await Promise.all([this.#segments, this.#missed, this.#macs, this.#seconds, this.#missRatio, this.#savedRatio].map((metric) => endSeries(metric, camera)));
  }
}
