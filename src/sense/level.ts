/** The level of digital silence, and of all that is softer [dBFS]: JSON knows no minus infinity. */
export const SILENCE_DBFS = -120;

/**
 * Level of a window of sound [dBFS]: 20·log10 of the root mean square of the samples that are there, so that a full-scale
 * square wave is 0 and a full-scale sine −3.01.
 *
 * @param samples `[n]`, nominally −1…1; zero where missing
 * @param missing the part that is missing, 0…1; it makes the rest no softer
 */
export const levelDbfs = (samples: Float32Array, missing = 0): number => {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  const present = samples.length * (1 - missing);
  return energy > 0 && present > 0 ? Math.max(SILENCE_DBFS, 10 * Math.log10(energy / present)) : SILENCE_DBFS;
};
