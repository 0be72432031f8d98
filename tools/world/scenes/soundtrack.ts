/** The sound of a clip: ambience, and at most one sound above it. */
import { fromDb, scale } from '../../pretrain/filters.js';
import { draw } from '../draw.js';
import type { Heard, Latents } from './latents.js';
import { ambience, distract, type DistractorName } from './other-sounds.js';
import { CLIP_SAMPLES } from './steps.js';
import { place, RATE, unit } from './synth.js';
import { drawTraits, speak, TIMBRE_NAMES, type TimbreName } from './timbres.js';

/** Every sound ends softly, within this time [s]. */
const RELEASE_S = 0.08;

/** A sound that comes in and goes out, at unit loudness, `[length]`. @param held whether its traits are those of test parts */
export const voice = ({ name, attackS }: Pick<Heard, 'name' | 'attackS'>, length: number, held: boolean, ...names: readonly (string | number)[]): Float32Array => {
  const random = draw('voice', ...names);
  const traits = drawTraits(held, random);
  const samples = (TIMBRE_NAMES as readonly string[]).includes(name) ? speak(name as TimbreName, length, traits, random) : distract(name as DistractorName, length, held, random);
  for (let i = 0; i < length; i++) {
    samples[i] = (samples[i] ?? 0) * Math.min(1, i / RATE / attackS, (length - i) / RATE / RELEASE_S);
  }
  return samples;
};

/** Peaks bend towards ±1 instead of being cut. */
const soften = (samples: Float32Array): Float32Array => {
  for (let i = 0; i < samples.length; i++) {
    const v = samples[i] ?? 0;
    if (Math.abs(v) > 0.7) samples[i] = Math.sign(v) * (0.7 + 0.28 * Math.tanh((Math.abs(v) - 0.7) / 0.28));
  }
  return samples;
};

/** Draws the loudness of a clip [dB of full scale] and brings it there, whatever it holds. */
const level = (samples: Float32Array, db: number): Float32Array => soften(scale(unit(soften(scale(unit(samples), fromDb(db)))), fromDb(db)));

/** The sound of a clip, `[CLIP_SAMPLES]`, 16 kHz. Its loudness has nothing to do with what it holds. */
export const soundtrack = (seed: number, { part, index, heard }: Latents): Float32Array => {
  const random = draw('soundtrack', seed, part, index);
  const samples = ambience(CLIP_SAMPLES, random);
  if (heard !== undefined) {
    const length = Math.round(Math.min(CLIP_SAMPLES / RATE - heard.onsetS, heard.endS - heard.onsetS) * RATE);
    place(samples, voice(heard, length, part === 'test', seed, part, index), heard.onsetS, fromDb(heard.snrDb));
  }
  return level(samples, random.uniform(-28, -24));
};
