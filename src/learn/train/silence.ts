import type { Random } from '../random.js';
import type { FeatureSequence } from '../types.js';

/** The label of a sequence, for dealing: that of its last step. */
const labelOf = ({ targets }: FeatureSequence): number => targets.at(-1) ?? -1;

/** Whether a sequence has no sound at all. */
export const isSilent = ({ present }: FeatureSequence): boolean => !present.audio.includes(1);

const silenced = (sequence: FeatureSequence, silence: Float32Array): FeatureSequence => {
  const audio = new Float32Array(sequence.steps * silence.length);
  for (let t = 0; t < sequence.steps; t += 1) audio.set(silence, t * silence.length);
  return { ...sequence, features: { ...sequence.features, audio }, present: { ...sequence.present, audio: new Uint8Array(sequence.steps) } };
};

/**
 * Levels silence: where classes differ in their share of sequences without sound, sequences of the others lose theirs,
 * drawn at random, until every class has the share of the most silent one (rounded up to a whole sequence, never all of
 * a class that has sound). What is missing then tells nothing about the label; a recording set in which only one class
 * came without a sound track would else be learned by that.
 *
 * @param silence the features of digital silence, `[dims.audio]`
 * @returns the sequences in their order; those that keep their sound are the same objects
 */
export const levelSilence = (sequences: readonly FeatureSequence[], silence: Float32Array, random: Random): FeatureSequence[] => {
  const byLabel = new Map<number, number[]>();
  sequences.forEach((sequence, i) => {
    byLabel.set(labelOf(sequence), [...(byLabel.get(labelOf(sequence)) ?? []), i]);
  });
  const groups = [...byLabel.values()].map((members) => {
    const sounding = members.filter((i) => sequences[i] !== undefined && !isSilent(sequences[i]));
    return { members, sounding };
  });
  const share = Math.max(0, ...groups.map(({ members, sounding }) => 1 - sounding.length / members.length));
  const chosen = new Set<number>();
  for (const { members, sounding } of groups) {
    const already = members.length - sounding.length;
    const most = Math.max(0, sounding.length - 1);
    const wanted = Math.min(most, Math.ceil(share * members.length - 1e-9) - already);
    for (let n = 0; n < wanted; n += 1) chosen.add(sounding.splice(random.below(sounding.length), 1)[0] ?? -1);
  }
  return sequences.map((sequence, i) => (chosen.has(i) ? silenced(sequence, silence) : sequence));
};
