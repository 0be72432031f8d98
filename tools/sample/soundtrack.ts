import { add, fromDb } from '../pretrain/filters.js';
import { seeded } from '../../src/learn/random.js';
import { breeze, dog, helicopter, rain, RATE } from './sounds.js';
import { BARKS_S, flight, rainfall, SAMPLE_S } from './timeline.js';

/** The sound of the whole sample, `[28 s · 16000]`, −1…1. Seeded: always the same. */
export const soundtrack = (): Float32Array => {
  const length = SAMPLE_S * RATE;
  const track = breeze(length, seeded(1)).map((v) => v * fromDb(-46));
  const near = (t: number): number => {
    const { progress, near: nearness } = flight(t);
    return progress <= 0 || progress >= 1 ? 0 : Math.min(1, progress * 12, (1 - progress) * 12) * (0.12 + 0.88 * nearness);
  };
  // It comes nearer at 40 m/s, then leaves: 1 ± v/c, swung about the moment it passes.
  const doppler = (t: number): number => 1 - 0.1 * Math.tanh((flight(t).progress - 0.5) * 5);
  add(track, helicopter(length, near, doppler, seeded(2)), fromDb(-18));
  add(track, rain(length, rainfall, seeded(3)), fromDb(-28));
  add(track, dog(length, BARKS_S, seeded(5)), fromDb(-2));
  return track.map((v) => Math.tanh(v));
};
