/** What is odd about clips that can be used: said, never a reason to stop. */
import { dependence } from './dependence.js';
import type { Featured } from './extract-clips.js';
import type { FrozenNets } from './extract.js';
import { counted, some, type Remark, type RemarkKind } from './remarks.js';

/** Chance alone gives as much less often than this. */
const SIGNIFICANT = 0.01;
/** A property that tells less of the label than this part of all there is to tell does not matter. */
const MATTERS = 0.01;
/** The largest class over the smallest, from which it is said. */
const UNBALANCED = 5;

const anyOf = (present: Uint8Array): boolean => present.includes(1);

const hasSound = ({ extracted }: Featured): boolean => anyOf(extracted.present.audio);
const hasPictures = ({ extracted }: Featured): boolean => anyOf(extracted.present.appearance) || anyOf(extracted.present.motion);

const about = (kind: RemarkKind, clips: readonly Featured[], say: (what: string, which: string) => string): Remark[] => {
  const ids = clips.map(({ clip }) => clip.id);
  return ids.length === 0 ? [] : [{ kind, text: say(counted(ids.length, 'clip'), some(ids)), about: ids }];
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** A property that the label should not depend on. */
const telling = (kind: RemarkKind, clips: readonly Featured[], labels: readonly string[], has: (clip: Featured) => boolean, say: (shares: string) => string): Remark[] => {
  const { shares, information, p } = dependence(labels.length, clips.map((clip) => ({ target: labels.indexOf(clip.clip.label), has: has(clip) })));
  if (p >= SIGNIFICANT || information < MATTERS) return [];
  const ranked = labels.map((label, i) => ({ label, share: shares[i] ?? 0 })).sort((a, b) => b.share - a.share);
  const ends = ranked.length <= 4 ? ranked : [...ranked.slice(0, 2), ...ranked.slice(-2)];
  return [{ kind, text: say(ends.map(({ label, share }) => `${label} ${percent(share)}`).join(', ')), about: labels }];
};

const meanSteps = (clips: readonly Featured[]): number => clips.reduce((sum, { extracted }) => sum + extracted.steps, 0) / Math.max(1, clips.length);

const soundAndPictures = (clips: readonly Featured[], { appearance, motion }: FrozenNets): Remark[] => {
  const looks = appearance !== undefined || motion !== undefined;
  const silent = clips.filter((clip) => !hasSound(clip));
  return [
    ...about('no-sound', silent.filter(({ extracted }) => !extracted.facts.hasSoundTrack), (what, which) => `${what} without sound: ${which}. Digital silence stands for it.`),
    ...about('silent', silent.filter(({ extracted }) => extracted.facts.hasSoundTrack), (what, which) => `${what} with a silent sound track: ${which}.`),
    ...(looks ? about('no-pictures', clips.filter((clip) => !hasPictures(clip)), (what, which) => `${what} without pictures: ${which}. Of ${what === '1 clip' ? 'it' : 'them'} only the sound is learned from.`) : []),
  ];
};

const balance = (clips: readonly Featured[], labels: readonly string[]): Remark[] => {
  const counts = labels.map((label) => ({ label, n: clips.filter(({ clip }) => clip.label === label).length })).sort((a, b) => a.n - b.n);
  const [least, most] = [counts[0], counts.at(-1)];
  if (least === undefined || most === undefined || most.n < least.n * UNBALANCED) return [];
  return [{ kind: 'class-unbalanced', text: `${most.label} has ${most.n} clips and ${least.label} ${least.n}: rare classes will be known less well.`, about: [most.label, least.label] }];
};

/** What a person should know about usable clips: damage, missing sound or pictures, and properties that tell the label. */
export const inspect = (clips: readonly Featured[], labels: readonly string[], { nets }: { readonly nets: FrozenNets }): Remark[] => {
  const mean = meanSteps(clips);
  const looks = nets.appearance !== undefined || nets.motion !== undefined;
  return [
    ...about('damaged', clips.filter(({ extracted }) => extracted.facts.damage !== undefined), (what, which) => `${what} damaged or cut off, used as far as it can be read: ${which}.`),
    ...soundAndPictures(clips, nets),
    ...balance(clips, labels),
    ...telling('sound-tells-label', clips, labels, (clip) => !hasSound(clip), (shares) => `Whether a clip has sound tells its label (without sound: ${shares}). That is no knowledge of the world: sound is taken away at random in training until all classes miss it alike.`),
    ...(looks ? telling('pictures-tell-label', clips, labels, (clip) => !hasPictures(clip), (shares) => `Whether a clip has pictures tells its label (without pictures: ${shares}). Add clips with pictures, or leave out those without.`) : []),
    ...telling('length-tells-label', clips, labels, ({ extracted }) => extracted.steps > mean, (shares) => `How long a clip is tells its label (longer than ${mean.toFixed(1)} steps: ${shares}). Cut all classes to like lengths.`),
  ];
};
