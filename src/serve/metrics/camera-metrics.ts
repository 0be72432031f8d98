import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { EventMessage, Output, SegmentMessage, StateMessage, WireGate, WireStage } from '../../emit/types.js';
import { AuditMetrics } from './audit-metrics.js';
import { endSeries } from './end-series.js';

const entries = <T>(record: Readonly<Partial<Record<string, T>>>): [string, T][] => Object.entries(record) as [string, T][];

const STAGE_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2];
const LATENCY_SECONDS = [0.1, 0.2, 0.5, 1, 1.5, 2, 3, 5, 10, 30];
const STATES = ['starting', 'running', 'blocked', 'stalled', 'ended', 'failed'] as const;

/** What a camera's published outputs add up to. Every metric has the label `camera`. */
export class CameraMetrics {
  readonly #segments;
  readonly #macs;
  readonly #stageSeconds;
  readonly #decodeSeconds;
  readonly #frames;
  readonly #opens;
  readonly #suppressions;
  readonly #events;
  readonly #latency;
  readonly #audio;
  readonly #reconnects;
  readonly #state;
  readonly #audits: AuditMetrics;
  /** Cameras that something was published of: whether they have run, and whether their connection was lost since. */
  readonly #known = new Map<string, { readonly ran: boolean; readonly lost: boolean }>();

  /** @param registers where the metrics are listed */
  constructor(...registers: Registry[]) {
    const counter = <L extends string>(what: string, help: string, ...labels: L[]): Counter<L | 'camera'> =>
      new Counter({ name: `hearken_${what}_total`, help, labelNames: ['camera', ...labels], registers });
    this.#segments = counter('segments', 'Segments recognised.');
    this.#macs = counter('macs', 'Multiply-accumulates, counted from the graphs of the nets that ran.', 'stage');
    this.#stageSeconds = new Histogram({ name: 'hearken_stage_seconds', help: 'Measured time of a stage on one segment, where it ran.', labelNames: ['camera', 'stage'], buckets: STAGE_SECONDS, registers });
    this.#decodeSeconds = counter('decode_seconds', 'Measured time decoding and scaling pictures.');
    this.#frames = counter('frames_decoded', 'Video frames that left the decoder.');
    this.#opens = counter('gate_opens', 'Segments on which a gate was open, by reason.', 'gate', 'reason');
    this.#suppressions = counter('gate_suppressions', 'Segments on which a gate was shut, by reason.', 'gate', 'reason');
    this.#events = counter('events', 'Messages about events, by what they say.', 'type');
    this.#latency = new Histogram({ name: 'hearken_emit_latency_seconds', help: 'From the start of an event until this could be said of it.', labelNames: ['camera', 'type'], buckets: LATENCY_SECONDS, registers });
    this.#audio = new Gauge({ name: 'hearken_audio_dbfs', help: 'Level of the last segment’s sound, 0 is full scale; absent without sound.', labelNames: ['camera'], registers });
    this.#reconnects = counter('reconnects', 'Connections made after the first.');
    this.#audits = new AuditMetrics(...registers);
    this.#state = new Gauge({ name: 'hearken_camera_state', help: '1 for the state a camera is in, 0 for the others.', labelNames: ['camera', 'state'], registers });
  }

  /** Cameras that something was published of. */
  get cameras(): readonly string[] {
    return [...this.#known.keys()];
  }

  /** Counts what a camera put out. */
  observe(camera: string, output: Output): void {
    switch (output.kind) {
      case 'segment':
        this.#segment(camera, output.segment);
        return;
      case 'event':
        this.#event(camera, output.event);
        return;
      case 'state':
        this.#changed(camera, output.state);
        return;
      case 'gate':
        // Every segment says what its gates decided.
        return;
      case 'answer':
        // One for a whole recording: nothing to count.
        return;
    }
  }

  /** Forgets a camera that is no more: its series end. */
  async forget(camera: string): Promise<void> {
    this.#known.delete(camera);
    await Promise.all([this.#audits.forget(camera), ...[
      this.#segments, this.#macs, this.#stageSeconds, this.#decodeSeconds, this.#frames, this.#opens, this.#suppressions,
      this.#events, this.#latency, this.#audio, this.#reconnects, this.#state,
    ].map((metric) => endSeries(metric, camera))]);
  }

  #segment(camera: string, segment: SegmentMessage): void {
    const { gate, stages, cost, level_dbfs: level } = segment;
    this.#know(camera);
    this.#audits.observe(camera, segment);
    this.#segments.inc({ camera });
    for (const [stage, spent] of entries<WireStage>(stages)) this.#stage(camera, stage, spent);
    this.#decodeSeconds.inc({ camera }, cost.decode_ms / 1000);
    for (const [name, { open, reason }] of entries<WireGate>(gate)) (open ? this.#opens : this.#suppressions).inc({ camera, gate: name, reason });
    if (level === undefined) this.#audio.remove({ camera });
    else this.#audio.set({ camera }, level);
  }

  #stage(camera: string, stage: string, { gmacs, ms, frames }: WireStage): void {
    this.#frames.inc({ camera }, frames);
    if (gmacs === 0 && ms === 0) return;
    this.#macs.inc({ camera, stage }, Math.round(gmacs * 1e9));
    this.#stageSeconds.observe({ camera, stage }, ms / 1000);
  }

  #event(camera: string, { type, emit_latency_ms: latencyMs }: EventMessage): void {
    this.#events.inc({ camera, type });
    if (type === 'provisional' || type === 'confirmed') this.#latency.observe({ camera, type }, latencyMs / 1000);
  }

  #changed(camera: string, { state }: StateMessage): void {
    const { ran, lost } = this.#know(camera);
    for (const one of STATES) this.#state.set({ camera, state: one }, one === state ? 1 : 0);
    if (state === 'running') {
      if (ran && lost) this.#reconnects.inc({ camera });
      this.#known.set(camera, { ran: true, lost: false });
      // Blocked is back-pressure: the connection stays.
    } else if (state !== 'blocked') this.#known.set(camera, { ran, lost: ran });
  }

  #know(camera: string): { readonly ran: boolean; readonly lost: boolean } {
    const known = this.#known.get(camera) ?? { ran: false, lost: false };
    this.#known.set(camera, known);
    return known;
  }
}
