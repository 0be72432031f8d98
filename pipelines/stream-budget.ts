/** One stream's part in a budget: it joins when the stream begins, and what its nets cost comes from their graphs. */
import type { CameraBudget } from '../src/budget/camera-budget.js';
import type { GraphCosts } from '../src/budget/action-costs.js';
import type { SiteBudget } from '../src/budget/site-budget.js';
import type { BudgetedCamera } from '../src/budget/warnings.js';
import type { HmsStage } from '../src/inference/manifest.js';
import type { Profile } from '../src/settings/profile.js';
import type { Nets } from './nets.js';
import { segmentOf } from './segment-of.js';

/** What the nets of a stream cost at most, from their graphs. */
export const graphCosts = ({ audio, appearance, motion, policy }: Nets, hopUs: number): GraphCosts => {
  const stage = (name: HmsStage): number => policy?.net.stages[name].macs ?? 0;
  const gmacs = (macs: number): number => macs / 1e9;
  // A gate that weighs a look asks what is believed without it; that is kept, unless the look is made.
  const [heard, looked, watched] = [stage('listen') + stage('believe'), stage('look') + stage('believe'), stage('watch') + stage('believe')];
  return {
    hopUs,
    gmacs: {
      audio: gmacs(audio.session.macs + heard),
      appearance: gmacs((appearance?.session.macs ?? 0) + looked),
      motion: gmacs((motion?.session.macs ?? 0) + watched),
    },
    policyGmacs: { audio: gmacs(heard), appearance: gmacs(looked), motion: gmacs(watched) },
  };
};

/** A camera as its budget is judged. */
export const budgeted = (name: string, profile: Profile, nets: Nets): BudgetedCamera => ({
  name, budget: profile.budget, graph: graphCosts(nets, segmentOf(profile, nets).hopUs),
  senses: (['appearance', 'motion'] as const).filter((sense) => nets[sense] !== undefined && profile.gate[sense].enabled),
});

/** The budget of one stream, which other settings and another site's cap may change while it runs. */
export class StreamBudget {
  readonly #site: SiteBudget;
  readonly #name: string;
  readonly #graph: GraphCosts;
  #settings: Profile['budget'];
  #camera: CameraBudget | undefined;

  /**
   * @param site what it shares with other cameras
   * @param name the camera's
   * @param graph what its nets cost
   * @param settings its own cap and rank
   */
  constructor(site: SiteBudget, name: string, graph: GraphCosts, settings: Profile['budget']) {
    this.#site = site;
    this.#name = name;
    this.#graph = graph;
    this.#settings = settings;
  }

  /** The stream begins. */
  join(): void {
    this.#camera ??= this.#site.forCamera(this.#name, this.#settings, this.#graph);
  }

  /** The stream is over. Idempotent. */
  leave(): void {
    this.#camera?.close();
    this.#camera = undefined;
  }

  /** Other settings from now on. */
  update(settings: Profile['budget']): void {
    this.#settings = settings;
    this.#camera?.update(settings);
  }

  /** A segment was dropped since this machine was too slow. */
  overtaken(): void {
    this.now()?.overtaken();
  }

  /** The budget that holds now; undefined while neither the site nor the camera has a cap. */
  now(): CameraBudget | undefined {
    return this.#site.capped || this.#settings.gmacsPerS !== null || this.#settings.msPerS !== null ? this.#camera : undefined;
  }
}
