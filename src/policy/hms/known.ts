import type { Temperatures } from '../../inference/manifest.js';
import type { Known, UsagePattern } from '../types.js';
import type { HmsNet } from './net.js';

/** The temperature for a usage pattern. */
export const temperatureOf = (temperatures: Temperatures, pattern: UsagePattern): number => temperatures[pattern] ?? temperatures.common;

/** softmax(logits / T), in double precision (Guo et al. 2017, section 4.2). NaN counts as −∞. */
export const calibrated = (logits: ArrayLike<number>, temperature: number): number[] => {
  const scaled = Array.from(logits, (logit) => (Number.isNaN(logit) ? -Infinity : logit / temperature));
  const top = Math.max(...scaled);
  const powers = scaled.map((value) => (Number.isFinite(top) ? Math.exp(value - top) : 1));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
};

/** The entropy of probabilities [bit] (Shannon 1948, section 6). */
export const entropyBits = (probabilities: readonly number[]): number => probabilities.reduce((sum, p) => (p > 0 ? sum - p * Math.log2(p) : sum), 0);

/** What is not known about the class [bit]: the entropy of the calibrated probabilities. */
export const entropyOf = ({ temperatures }: Pick<HmsNet, 'temperatures'>, logits: Float32Array, pattern: UsagePattern): number =>
  entropyBits(calibrated(logits, temperatureOf(temperatures, pattern)));

/**
 * What is known, from the classifier's logits `[classes]`.
 * @param pattern which senses were read on the segment: what is skipped shifts the logits, so each has its temperature
 * @param keep labels that are listed at most
 */
export const knownOf = ({ labels, background, temperatures }: Pick<HmsNet, 'labels' | 'background' | 'temperatures'>, logits: Float32Array, pattern: UsagePattern, keep: number): Known => {
  const probabilities = calibrated(logits, temperatureOf(temperatures, pattern));
  const all = labels.map((label, i) => ({ label, score: probabilities[i] ?? 0 }));
  const foreground = all.filter(({ label }) => !background.has(label)).sort((a, b) => b.score - a.score || (a.label < b.label ? -1 : 1));
  const none = all.reduce((sum, { label, score }) => (background.has(label) ? sum + score : sum), 0);
  return { labels: foreground.slice(0, keep), background: Math.min(1, none), pattern };
};
