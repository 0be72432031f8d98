/** The sensors, gates and policy of one stream, which can be replaced between two segments. */
import { defer, type Observable } from 'rxjs';
import { ungated, type AuditOptions } from '../src/policy/audit.js';
import { fusion } from '../src/policy/fusion.js';
import { createHms, type Weighed } from '../src/policy/hms/hms.js';
import { thresholdGate } from '../src/policy/threshold-gate.js';
import type { Belief, Gate, GateMemory, Memory, Step, Verdict } from '../src/policy/types.js';
import { createHear } from '../src/sense/hear.js';
import { createSee } from '../src/sense/see.js';
import type { Evidence } from '../src/sense/types.js';
import { createWatch } from '../src/sense/watch.js';
import type { Profile } from '../src/settings/profile.js';
import type { Nets } from './nets.js';
import type { Recognition } from './recognise.js';

type Parts = Pick<Recognition, 'hear' | 'see' | 'watch' | 'policy'> & {
  readonly gates: { readonly appearance: Gate; readonly motion: Gate };
  readonly audit: AuditOptions | undefined;
};

/** In the mode `off` no gate is ever shut. */
const modeOf = ({ appearance, motion }: Parts['gates'], mode: Profile['gate']['mode']): Parts['gates'] =>
  mode === 'off' ? { appearance: ungated(appearance), motion: ungated(motion) } : { appearance, motion };

/** What decides and remembers: the learned policy if there is one, else thresholds and a fading memory. */
const decidersOf = ({ gate, believe: settings, listen }: Profile, nets: Nets, weighed: () => Weighed | undefined): Pick<Parts, 'gates' | 'policy'> => {
  if (nets.policy !== undefined) return createHms({ net: nets.policy.net, gates: gate, settings, listen, weighed });
  const gateOf = (sense: 'appearance' | 'motion'): Gate =>
    thresholdGate({ sense, settings: gate[sense], listen, labels: nets.audio.labels, installed: nets[sense] !== undefined });
  const gates = { appearance: gateOf('appearance'), motion: gateOf('motion') };
  return { gates, policy: fusion({ settings, listen, gates: Object.values(gates) }) };
};

/** A profile with what was made of it. */
interface Made {
  readonly profile: Profile;
  readonly parts: Parts;
}

const differ = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);

/** In the mode `shadow` a sample of segments is audited, with sensors of the audit's own. */
const auditOf = ({ gate: { mode, shadowShare: share }, look, emit: { confidence } }: Profile, nets: Nets, policy: Parts['policy']): AuditOptions | undefined => mode === 'shadow'
  ? { share, confidence, see: createSee(nets.appearance, { toleranceUs: look.toleranceS * 1e6 }), watch: createWatch(nets.motion), policy }
  : undefined;

/** Makes what a profile asks for; a sensor whose settings are as before stays, with what it keeps of the last segment. */
const make = (nets: Nets, profile: Profile, weighed: () => Weighed | undefined, before?: Made): Made => {
  const { gates, policy } = decidersOf(profile, nets, weighed);
  return { profile, parts: {
    hear: before === undefined || differ(before.profile.hear, profile.hear) ? createHear(nets.audio, profile.hear) : before.parts.hear,
    see: before === undefined || differ(before.profile.look, profile.look) ? createSee(nets.appearance, { toleranceUs: profile.look.toleranceS * 1e6 }) : before.parts.see,
    watch: before?.parts.watch ?? createWatch(nets.motion),
    gates: modeOf(gates, profile.gate.mode), policy, audit: auditOf(profile, nets, policy),
  } };
};

/** Parts that stay what they are for a whole segment: a change waits until the next one is heard. */
export class LiveParts {
  readonly #nets: Nets;
  readonly #weighed: () => Weighed | undefined;
  #now: Made;
  #next: Made;

  /**
   * @param nets what the stream runs
   * @param profile its settings at first
   * @param weighed for which kind of budget a look is weighed, if for any; asked on each segment
   * @throws Fault `settings-invalid` or `pack-invalid` when they do not fit the nets
   */
  constructor(nets: Nets, profile: Profile, weighed: () => Weighed | undefined = () => undefined) {
    this.#nets = nets;
    this.#weighed = weighed;
    this.#now = make(nets, profile, weighed);
    this.#next = this.#now;
  }

  /** The settings that hold for the segment in the step. */
  get profile(): Profile {
    return this.#now.profile;
  }

  /** Other settings from the next segment on. Fault `settings-invalid` when they do not fit the nets; then all is as before. */
  update(profile: Profile): void {
    this.#next = make(this.#nets, profile, this.#weighed, this.#next);
  }

  /** The parts as recognition uses them: each asks for what holds now. What is remembered is plain data, and outlives them. */
  get recognition(): Pick<Recognition, 'hear' | 'see' | 'watch' | 'gates' | 'policy' | 'audit'> {
    const gate = (sense: 'appearance' | 'motion'): Gate => ({
      sense,
      decide: (memory: Memory, evidence: Evidence): Observable<Verdict> => defer(() => this.#now.parts.gates[sense].decide(memory, evidence)),
      remember: (memory: Memory, evidence: Evidence): GateMemory => this.#now.parts.gates[sense].remember(memory, evidence),
    });
    return {
      hear: (segment) => defer(() => {
        this.#now = this.#next;
        return this.#now.parts.hear(segment);
      }),
      see: (segment) => defer(() => this.#now.parts.see(segment)),
      watch: (segment) => defer(() => this.#now.parts.watch(segment)),
      gates: { appearance: gate('appearance'), motion: gate('motion') },
      audit: () => this.#now.parts.audit,
      policy: {
        rest: this.#now.parts.policy.rest,
        remember: (memory: Memory, evidence: Evidence): Observable<Step<Memory, Belief>> => defer(() => this.#now.parts.policy.remember(memory, evidence)),
      },
    };
  }
}
