import type { Evidence, GateDecision, NoReading, Reading } from '../../src/sense/types.js';
import { NO_COST } from '../../src/sense/types.js';
import { fusion } from '../../src/policy/fusion.js';
import { thresholdGate } from '../../src/policy/threshold-gate.js';
import type { Gate, Memory, Policy, Verdict } from '../../src/policy/types.js';
import { readProfile, type GateSettings } from '../../src/settings/profile.js';

/** A small world of sounds. */
export const LABELS = ['Silence', 'Inside', 'Speech', 'Bark', 'Helicopter'] as const;
export const BACKGROUND: ReadonlySet<string> = new Set(['Silence', 'Inside']);

export type Scores = Readonly<Partial<Record<(typeof LABELS)[number], number>>>;

export const heard = (scores: Scores): Reading => ({
  sense: 'audio', labels: LABELS, background: BACKGROUND, timeUs: 0, cost: NO_COST,
  scores: Float32Array.from(LABELS, (label) => scores[label] ?? 0),
});

export const UNHEARD: NoReading = { sense: 'audio', reason: 'no-audio', cost: NO_COST };

export const SEEN_LABELS = ['cat', 'dog', 'wall'] as const;

export const seen = (scores: Readonly<Partial<Record<(typeof SEEN_LABELS)[number], number>>>, timeUs: number): Reading => ({
  sense: 'appearance', labels: SEEN_LABELS, background: new Set(['wall']), timeUs, cost: { ...NO_COST, gmacs: 0.3, ms: 12 },
  scores: Float32Array.from(SEEN_LABELS, (label) => scores[label] ?? 0),
});

const HOP_US = 480_000;

/** The evidence of segment `index` before the gates were asked. */
export const evidence = (index: number, audio: Reading | NoReading, era = 0): Evidence => ({
  index, startUs: index * HOP_US, endUs: index * HOP_US + 975_000, startEpochMs: index * HOP_US / 1e3, discontinuity: false, era,
  readings: { audio }, gates: {},
});

export const gateOf = (settings: Partial<GateSettings> = {}, listen: readonly string[] = ['Helicopter']): Gate => thresholdGate({
  sense: 'appearance', listen, labels: LABELS, installed: true,
  settings: { ...readProfile().gate.appearance, heartbeatS: null, ...settings },
});

export const policyOf = (gate: Gate, keep = 10): Policy =>
  fusion({ settings: { heardS: 1, seenS: 5, keep }, listen: ['Helicopter'], gates: [gate] });

/** What a gate decides that has its answer at once. */
export const decide = (gate: Gate, memory: Memory, asked: Evidence): Verdict => {
  let verdict: Verdict | undefined;
  gate.decide(memory, asked).subscribe((answer) => { verdict = answer; });
  return verdict!;
};

/** What a gate decides on a row of windows, one after the other, with a sensor that always answers unless told. */
export const decisions = (
  gate: Gate,
  row: readonly (Scores | undefined)[],
  { answers = (): boolean => true, eras = [] }: { answers?: (index: number) => boolean; eras?: readonly number[] } = {},
): GateDecision[] => {
  let memory: Memory = { era: 0, endUs: null, heard: null, looks: {}, gates: {} };
  return row.map((scores, index) => {
    const asked = evidence(index, scores === undefined ? UNHEARD : heard(scores), eras[index] ?? 0);
    const { decision } = decide(gate, memory, asked);
    const decided: Evidence = {
      ...asked,
      gates: { appearance: decision },
      readings: decision.open && answers(index) ? { ...asked.readings, appearance: seen({ cat: 0.5 }, asked.endUs) } : asked.readings,
    };
    memory = { ...memory, era: asked.era, gates: { appearance: gate.remember(memory, decided) } };
    return decision;
  });
};
