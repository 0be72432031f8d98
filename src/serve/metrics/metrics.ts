import { collectDefaultMetrics, Registry } from 'prom-client';
import type { Output } from '../../emit/types.js';
import type { Site } from '../site.js';
import { CameraMetrics } from './camera-metrics.js';
import { addServerMetrics, type CountCall, type ServerFigures } from './server-metrics.js';
import { addSiteMetrics } from './site-metrics.js';

/** The metrics of one server, in a registry of its own: prom-client's global one is not used. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #cameras: CameraMetrics;
  readonly #site: Site | undefined;
  /** Counts a call that was answered. */
  readonly countCall: CountCall;
  #process = false;

  /**
   * @param figures what the server knows of itself
   * @param site what knows the cameras
   */
  constructor(figures: ServerFigures, site: Site | undefined) {
    this.#site = site;
    this.#cameras = new CameraMetrics(this.#registry);
    this.countCall = addServerMetrics(figures, this.#registry);
    if (site !== undefined) addSiteMetrics(site, this.#registry);
  }

  /** The media type of {@link text}. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Counts what a camera put out. */
  observe(camera: string, output: Output): void {
    this.#cameras.observe(camera, output);
  }

  /** All metrics, in Prometheus' text format. */
  async text(): Promise<string> {
    // Memory, CPU and event-loop delay are watched from the first scrape on: who is never asked need not watch.
    if (!this.#process) collectDefaultMetrics({ register: this.#registry });
    this.#process = true;
    if (this.#site !== undefined) {
      const names = new Set(this.#site.cameras().map(({ name }) => name));
      await Promise.all(this.#cameras.cameras.filter((camera) => !names.has(camera)).map((camera) => this.#cameras.forget(camera)));
    }
    return this.#registry.metrics();
  }
}
