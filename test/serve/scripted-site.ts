import { Fault } from '../../src/faults.js';
import type { CameraReport, Site } from '../../src/serve/site.js';

/** A camera that runs, with these differences. */
export const report = (name: string, more: Partial<CameraReport> = {}): CameraReport => ({
  name, source: 'rtsp://***@10.0.0.5/sub', origin: 'rest', state: 'running', since_time: 1_767_225_600, fault: null, retry_time: null,
  definition: { source: 'rtsp://***@10.0.0.5/sub' },
  media: { container: 'rtsp', live: true, audio: { codec: 'aac', sample_rate_hz: 16_000, channels: 1 }, video: { codec: 'h264', width: 1920, height: 1080, fps: 25 } },
  packs: ['ear'],
  figures: {
    segments: 10, looked_share: 0.1, gmacs_per_s: 0.01, ms_per_s: 12, frames_decoded: 3, dropped: 2, reconnects: 1, audio_dbfs: -30.5, lag_ms: 45,
    budget: { utilization: { gmacs: 0.5, ms: null }, site_utilization: { gmacs: null, ms: null }, price: 0, debt_ms: 0, refusals: { price: 3 } },
  },
  gates: { appearance: { mode: 'enforce', last_opened_time: 1_767_225_600, blackout: false }, motion: { mode: 'off', last_opened_time: null, blackout: true } },
  ...more,
});

/** The smallest JPEG that is one: start, end. */
export const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);

/** A site whose cameras are a list: what is put is there, with its definition as its report. */
export class ScriptedSite implements Site {
  readonly #cameras = new Map<string, CameraReport>();
  readonly put_: { readonly name: string; readonly definition: unknown }[] = [];
  ready = true;
  picture_: Uint8Array | undefined = JPEG;

  constructor(...cameras: CameraReport[]) {
    for (const camera of cameras) this.#cameras.set(camera.name, camera);
  }

  cameras = (): readonly CameraReport[] => [...this.#cameras.values()];
  camera = (name: string): CameraReport | undefined => this.#cameras.get(name);

  put: Site['put'] = (name, definition) => {
    this.put_.push({ name, definition });
    const { source } = definition as { readonly source?: unknown };
    if (typeof source !== 'string') return Promise.reject(new Fault('settings', 'settings-invalid', 'cameras.x.source: is missing.', { remedy: 'Give one.' }));
    if (source.startsWith('file:')) return Promise.reject(new Fault('ingest', 'source-forbidden', `The source ${source} is not allowed.`));
    if (source === 'explode:') return Promise.reject(new Error('at rtsp://me:hunter2@10.0.0.5'));
    const before = this.#cameras.get(name);
    this.#cameras.set(name, report(name, { definition: { source } }));
    return Promise.resolve(before === undefined ? 'added' : before.definition['source'] === source ? 'same' : 'changed');
  };

  remove = (name: string): Promise<boolean> => Promise.resolve(this.#cameras.delete(name));
  picture: Site['picture'] = () => Promise.resolve(this.picture_ === undefined ? undefined : { jpeg: this.picture_, timeS: 1_767_225_600.5 });
  whip = (): undefined => undefined;
  readiness: Site['readiness'] = () => this.ready ? { ready: true, reasons: [] } : { ready: false, reasons: ['The pack ear is not loaded yet.'] };
  settingsSchema: Site['settingsSchema'] = () => ({ $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object' });
}
