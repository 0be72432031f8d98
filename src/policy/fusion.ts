import { defer, of } from 'rxjs';
import { addCosts, type Evidence, type Reading } from '../sense/types.js';
import type { BelieveSettings } from '../settings/profile.js';
import type { Belief, Gate, Look, LookMemory, Memory, Policy, RankedLabel } from './types.js';
import { foreground } from './uncertainty.js';

/** What the policy is made of. */
export interface FusionOptions {
  readonly settings: BelieveSettings;
  /** Labels that stay in the lists however low they score. */
  readonly listen: readonly string[];
  /** The gates whose memory it keeps. */
  readonly gates: readonly Gate[];
}

/** Scores under this are forgotten: a label that faded out takes no room. */
const FORGOTTEN = 0.005;

/** The memory before the first step, and at the beginning of each era. */
export const REST: Memory = { era: 0, endUs: null, heard: null, looks: {}, gates: {} };

type LookSense = 'appearance' | 'motion';
type Rank = (labels: readonly RankedLabel[]) => RankedLabel[];

const readingOf = (evidence: Evidence, sense: 'audio' | LookSense): Reading | undefined => {
  const reading = evidence.readings[sense];
  return reading?.scores === undefined ? undefined : reading;
};

/** The best `keep` labels and all listed ones that are there, best first; ties in the order of the alphabet. */
const ranker = (keep: number, listed: ReadonlySet<string>): Rank => (labels) => labels
  .filter(({ score }) => score >= FORGOTTEN)
  .sort((a, b) => b.score - a.score || (a.label < b.label ? -1 : 1))
  .filter(({ label }, i) => i < keep || listed.has(label));

/** An exponential average over uneven steps; see {@link fusion}. */
const hearOn = (past: Memory, evidence: Evidence, tauUs: number): Memory['heard'] => {
  const audio = readingOf(evidence, 'audio');
  if (audio === undefined && past.heard === null) return null;
  const kept = past.heard === null || past.endUs === null ? 0 : Math.exp((past.endUs - evidence.endUs) / tauUs);
  const scores = new Map(Object.entries(past.heard ?? {}).map(([label, score]) => [label, score * kept]));
  for (const { label, score } of audio === undefined ? [] : foreground(audio)) {
    scores.set(label, (scores.get(label) ?? 0) + score * (1 - kept));
  }
  return Object.fromEntries([...scores].filter(([, score]) => score >= FORGOTTEN));
};

const lookOn = (past: Memory, evidence: Evidence, rank: Rank): Memory['looks'] => {
  const looks: Partial<Record<LookSense, LookMemory>> = { ...past.looks };
  for (const sense of ['appearance', 'motion'] as const) {
    const reading = readingOf(evidence, sense);
    if (reading !== undefined) looks[sense] = { labels: rank(foreground(reading)), timeUs: reading.timeUs };
  }
  return looks;
};

/** A look as it counts now; undefined once all of it has faded. */
const fade = (look: LookMemory | undefined, nowUs: number, tauUs: number, rank: Rank): Look | undefined => {
  if (look === undefined) return undefined;
  const ageUs = Math.max(0, nowUs - look.timeUs);
  const fading = Math.exp(-ageUs / tauUs);
  if (fading < FORGOTTEN) return undefined;
  return { labels: rank(look.labels.map(({ label, score }) => ({ label, score: score * fading }))), timeUs: look.timeUs, ageUs };
};

/**
 * The policy until learned ones exist: what was heard is smoothed over a short time, what was seen fades with its age.
 *
 * Heard: s ← s·d + x·(1 − d), d = exp(−Δt/τ), an exponential average over uneven steps; the first reading of an era
 * is taken as it is. A window without sound counts as x = 0, so that nothing is believed for longer than it was heard.
 * Seen: the scores of the last look times exp(−age/τ). Both kinds of labels stay apart. An era's memory ends with it.
 */
export const fusion = ({ settings, listen, gates }: FusionOptions): Policy => {
  const rank = ranker(settings.keep, new Set(listen));
  const seenUs = settings.seenS * 1e6;

  const remembered = (memory: Memory, evidence: Evidence): Memory => {
    const past = memory.era === evidence.era ? memory : { ...REST, era: evidence.era };
    return {
      era: evidence.era,
      endUs: evidence.endUs,
      heard: hearOn(past, evidence, settings.heardS * 1e6),
      looks: lookOn(past, evidence, rank),
      gates: Object.fromEntries(gates.map((gate) => [gate.sense, gate.remember(past, evidence)])),
    };
  };

  const believed = ({ heard, looks }: Memory, evidence: Evidence): Belief => {
    const { index, startUs, endUs, startEpochMs, era, gates: decisions } = evidence;
    const seen = fade(looks.appearance, endUs, seenUs, rank);
    const watched = fade(looks.motion, endUs, seenUs, rank);
    return {
      index, startUs, endUs, startEpochMs, era, evidence,
      heard: rank(Object.entries(heard ?? {}).map(([label, score]) => ({ label, score }))),
      ...(seen === undefined ? {} : { seen }),
      ...(watched === undefined ? {} : { watched }),
      cost: addCosts(...Object.values(evidence.readings).map(({ cost }) => cost)),
      gates: decisions,
    };
  };

  return {
    rest: REST,
    remember: (memory, evidence) => defer(() => {
      const next = remembered(memory, evidence);
      return of({ memory: next, output: believed(next, evidence) });
    }),
  };
};
