/** One stream's part in a budget: it joins when the stream begins, and what its nets cost comes from their graphs. */
import type { CameraBudget } from '../src/budget/camera-budget.js';
import type { GraphCosts } from '../src/budget/action-costs.js';
import { RecordingBudget } from '../src/budget/recording-budget.js';
import type { SiteBudget } from '../src/budget/site-budget.js';
import type { StepBudget } from '../src/budget/types.js';
import type { BudgetedCamera } from '../src/budget/warnings.js';
import type { HmsStage, RecordingPrice } from '../src/inference/manifest.js';
import type { Weighed } from '../src/policy/hms/hms.js';
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

/** What may be spent on one whole recording. */
export interface RecordingCap {
  /** In 10⁹ multiply-accumulates. */
  readonly gmacs: number;
  /** Steps after which it is answered at the latest; absent without a stopping rule. */
  readonly horizonSteps?: number | undefined;
  /** What looks must be worth for their cost; absent where that was not measured. */
  readonly price?: RecordingPrice | undefined;
}

/**
 * The budget of one stream: a rate, which other settings and another site's cap may change while it runs; or in its place one
 * amount for all of a recording.
 */
export class StreamBudget {
  readonly #site: SiteBudget;
  readonly #name: string;
  readonly #graph: GraphCosts;
  readonly #recording: RecordingBudget | undefined;
  #settings: Profile['budget'];
  #camera: CameraBudget | undefined;

  /**
   * @param site what it shares with other cameras
   * @param name the camera's
   * @param graph what its nets cost
   * @param settings its own cap and rank
   * @param recording what may be spent on all of it, where it is a recording with one answer
   * @throws Fault `settings-invalid` when that pays for no step
   */
  constructor(site: SiteBudget, name: string, graph: GraphCosts, settings: Profile['budget'], recording?: RecordingCap) {
    this.#site = site;
    this.#name = name;
    this.#graph = graph;
    this.#settings = settings;
    this.#recording = recording === undefined ? undefined : new RecordingBudget({ ...recording, graph });
  }

  /** For which kind of budget it wants to know what a look is worth; undefined while nothing is limited. */
  get weighs(): Weighed | undefined {
    if (this.#recording !== undefined) return 'recording';
    return this.#rate() === undefined ? undefined : 'rate';
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
    this.#rate()?.overtaken();
  }

  /** The budget that holds now; undefined while nothing is limited. */
  now(): StepBudget | undefined {
    return this.#recording ?? this.#rate();
  }

  /** Undefined while neither the site nor the camera has a cap. */
  #rate(): CameraBudget | undefined {
    return this.#site.capped || this.#settings.gmacsPerS !== null || this.#settings.msPerS !== null ? this.#camera : undefined;
  }
}
