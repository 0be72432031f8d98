/** All cameras of one service: what the configuration says, what was given over REST, and how they are. */
import { asFault } from '../../src/faults.js';
import type { CameraReport } from '../../src/serve/camera-report.js';
import type { Readiness, Site, SitePicture, WhipDoor } from '../../src/serve/site.js';
import { settingsFault, type Problem } from '../../src/settings/problem.js';
import { diffCameras, type HowToApply } from '../../src/settings/site-diff.js';
import { CAMERA_NAME, siteJsonSchema } from '../../src/settings/site-schema.js';
import { NO_LAYER, readCamera, type CameraSettings, type SiteSettings } from '../../src/settings/site.js';
import { checkProfile } from '../../src/settings/profile.js';
import { plain } from '../../src/settings/located.js';
import { Fault } from '../../src/faults.js';
import { Camera, type CameraContext } from './camera.js';
import { permitted } from './permitted.js';
import { Pictures } from './pictures.js';
import type { Placed } from './place-of-fault.js';

/** What the site needs to know of a configuration. */
export type Configuration = Pick<SiteSettings, 'cameras' | 'allow' | 'base'> & Partial<Pick<SiteSettings, 'budget'>> & {
  /** Where in the file something stands, for what is refused of it. */
  readonly placed?: Placed;
};

/** What became of a camera that differs from the configuration before. */
export interface Done {
  readonly camera: string;
  /** In words, without the camera's name unless a place in the file has it. */
  readonly line: string;
  /** Its new definition does not fit, and the one before goes on. */
  readonly refused: boolean;
}

/** How a change took effect, in words. */
const EFFECT: Readonly<Record<HowToApply | 'same', string>> = {
  'in-place': 'holds from now on, and the connection stays',
  'new-connection': 'the camera is opened anew',
  'same': 'it runs like that already',
};

/** Cameras that may be added over REST beside those of the file. */
const MOST_ADDED = 256;

/** The cameras, and what becomes of them. */
export class LiveSite implements Site {
  readonly #context: CameraContext;
  readonly #cameras = new Map<string, Camera>();
  /** What is done to each camera, one thing after the other. */
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #pictures = new Pictures();
  readonly #schema = siteJsonSchema();
  /** Why the last definition of a camera was not taken over, while the one before it goes on. */
  readonly #refused = new Map<string, string>();
  #configuration: Configuration = { cameras: new Map(), allow: [], base: NO_LAYER };
  #complaint: string | undefined;
  #applied = false;
  #closed = false;

  /** @param context what the cameras share */
  constructor(context: CameraContext) {
    this.#context = { ...context, placed: (camera, fault, message) => this.#configuration.placed?.(camera, fault, message) ?? message };
  }

  /** See {@link Site.cameras}. */
  cameras(): readonly CameraReport[] {
    return [...this.#cameras.values()].map(({ report }) => report);
  }

  /** See {@link Site.camera}. */
  camera(name: string): CameraReport | undefined {
    return this.#cameras.get(name)?.report;
  }

  /** True when nothing more will come of any camera unless somebody acts. */
  get over(): boolean {
    return this.#applied && [...this.#cameras.values()].every(({ over }) => over);
  }

  /**
   * Makes the cameras of the file what it says: only those that differ are touched. A camera whose new definition does not fit
   * goes on with the old one, and the others are changed all the same. Never rejects.
   * @returns what was done, for each camera that differs
   */
  async apply(next: Configuration): Promise<readonly Done[]> {
    const before = this.#configuration;
    this.#configuration = next;
    this.#complaint = undefined;
    this.#context.budget?.update(next.budget);
    const { added, removed, changed, same } = diffCameras(before.cameras, next.cameras);
    const done = await Promise.all([
      ...removed.map(async (name) => this.#inTurn(name, async () => {
        if (this.#cameras.get(name)?.origin === 'file') await this.#end(name);
        return { camera: name, line: 'removed', refused: false };
      })),
      ...added.map(async (camera) => this.#inTurn(camera.name, async () => this.#define(camera, 'added'))),
      ...changed.map(async ({ camera, paths }) => this.#inTurn(camera.name, async () => this.#define(camera, `changed ${paths.join(', ')}`))),
      ...same.map(async (name) => this.#inTurn(name, async () => this.#again(next.cameras.get(name)))),
    ]);
    this.#applied = true;
    return done.flatMap((one) => one ?? []);
  }

  /** A configuration that was not taken over: says why until a good one comes. The cameras go on as they are. */
  complain(file: string, problems: readonly Problem[]): void {
    this.#complaint = `The configuration was not taken over: ${settingsFault(file, problems).message}`;
  }

  /** See {@link Site.put}. */
  async put(name: string, definition: unknown): Promise<'added' | 'changed' | 'same'> {
    if (!CAMERA_NAME.test(name)) throw new Fault('pipelines', 'settings-invalid', 'A camera is named by letters, digits, "_", "." and "-", at most 64.');
    const { allow, base, cameras } = this.#configuration;
    if (cameras.has(name)) throw new Fault('pipelines', 'settings-invalid', `${name} stands in the configuration file.`, { remedy: 'Change it there; it is taken over at once.' });
    const { camera: read, problems } = readCamera(name, definition, base);
    if (read === undefined) throw settingsFault('', problems);
    const above = checkProfile(plain(base.layer));
    const camera = await permitted(read, allow, 'profile' in above ? above.profile.packs : { audio: '' });
    return this.#inTurn(name, async () => this.#put(camera));
  }

  /** See {@link Site.remove}. */
  async remove(name: string): Promise<boolean> {
    return this.#inTurn(name, async () => {
      const there = this.#cameras.get(name)?.origin === 'rest';
      if (there) await this.#end(name);
      return there;
    });
  }

  /** See {@link Site.picture}. */
  async picture(name: string, signal: AbortSignal): Promise<SitePicture | undefined> {
    const camera = this.#cameras.get(name);
    if (camera === undefined) throw new Fault('pipelines', 'source-not-found', `There is no camera ${name}.`);
    return camera.media === undefined ? undefined : this.#pictures.newest(name, camera.media, signal);
  }

  /** See {@link Site.whip}. */
  whip(name: string): WhipDoor | undefined {
    return this.#cameras.get(name)?.whip;
  }

  /** See {@link Site.readiness}. Ready while one camera brings something, or there is none; the rest is said beside it. */
  readiness(): Readiness {
    const reports = this.cameras();
    const reasons = [
      ...(this.#closed ? ['The service is stopping.'] : this.#applied ? [] : ['The cameras are being opened.']),
      ...(this.#complaint === undefined ? [] : [this.#complaint]),
      ...[...this.#refused].map(([name, why]) => `${name}: its new definition was not taken over: ${why}`),
      ...reports.flatMap(({ name, state, fault }) => (state === 'running' || state === 'ended' ? [] : [`${name} is ${state}${fault === null ? '.' : `: ${fault.message}`}`])),
      ...reports.flatMap(({ name, gates }) => Object.entries(gates).flatMap(([sense, { blackout }]) => (blackout ? [`${name}: its ${sense} gate has been shut for longer than max_blackout_s.`] : []))),
    ];
    const bringing = reports.some(({ state }) => state === 'running' || state === 'blocked' || state === 'ended');
    return { ready: this.#applied && !this.#closed && (reports.length === 0 || bringing), reasons };
  }

  /** See {@link Site.settingsSchema}. */
  settingsSchema(): Readonly<Record<string, unknown>> {
    return this.#schema;
  }

  /** Ends every camera: open events end, connections close. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#cameras.values()].map(async (camera) => camera.end()));
    await this.#context.shelf.close();
  }

  /** One of the file, whose definition differs. */
  async #define(settings: CameraSettings, what: string): Promise<Done> {
    const { name } = settings;
    const camera = this.#cameras.get(name);
    this.#refused.delete(name);
    if (camera === undefined || camera.over) {
      // Nothing of it runs that could go on.
      await camera?.end();
      void this.#add(new Camera(settings, 'file', this.#context)).start();
      return { camera: name, line: camera === undefined ? what : `${what}: ${EFFECT['new-connection']}`, refused: false };
    }
    try {
      return { camera: name, line: `${what}: ${EFFECT[await camera.change(settings, 'file')]}`, refused: false };
    } catch (error) {
      const fault = asFault(error, 'pipelines');
      const why = this.#context.hide(fault.sentence);
      this.#refused.set(name, why);
      return { camera: name, line: camera.placed(fault, `not taken over, the definition before goes on: ${why}`, settings), refused: true };
    }
  }

  /** One that did not change: tried again where it failed, or where its last change was refused. */
  async #again(settings: CameraSettings | undefined): Promise<Done | undefined> {
    if (settings === undefined) return undefined;
    const camera = this.#cameras.get(settings.name);
    if (camera?.report.state !== 'failed' && !this.#refused.has(settings.name)) return undefined;
    return this.#define(settings, 'tried again');
  }

  async #put(settings: CameraSettings): Promise<'added' | 'changed' | 'same'> {
    const there = this.#cameras.get(settings.name);
    if (there !== undefined) return await there.change(settings, 'rest') === 'same' ? 'same' : 'changed';
    if (this.#closed || this.#cameras.size >= this.#configuration.cameras.size + MOST_ADDED) {
      throw new Fault('pipelines', 'settings-invalid', `No more than ${MOST_ADDED} cameras may be added over REST.`, { remedy: 'Remove some, or define them in the configuration file.' });
    }
    const camera = new Camera(settings, 'rest', this.#context);
    await camera.startOrRefuse();
    this.#add(camera);
    return 'added';
  }

  #add(camera: Camera): Camera {
    this.#cameras.set(camera.settings.name, camera);
    return camera;
  }

  async #end(name: string): Promise<void> {
    const camera = this.#cameras.get(name);
    await camera?.end();
    this.#cameras.delete(name);
    this.#refused.delete(name);
    this.#pictures.forget(name);
  }

  /** Does something to a camera when all before it is done; what went wrong before is not its trouble. */
  async #inTurn<T>(name: string, act: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(name) ?? Promise.resolve();
    const mine = before.then(act, act);
    this.#turns.set(name, mine);
    try {
      return await mine;
    } finally {
      if (this.#turns.get(name) === mine) this.#turns.delete(name);
    }
  }
}
