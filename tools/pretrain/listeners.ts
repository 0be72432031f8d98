import { readFileSync } from 'node:fs';
import { firstValueFrom } from 'rxjs';
import type { Pack, Session } from '../../src/inference/types.js';
import { FRONT_END, LABELS } from './labels.js';

/** What a net and what follows it make of one log-mel patch: one score per label of ours. */
export type Listener = (patch: Float32Array) => Promise<Float32Array>;

/** Runs a session of one input on a patch. */
export const runPatch = async (session: Session, patch: Float32Array): Promise<{ readonly scores: Float32Array; readonly features: Float32Array }> => {
  const { scores, features } = await firstValueFrom(session.run({ [session.inputs[0]?.name ?? '']: { data: patch, dims: [1, FRONT_END.patchFrames, FRONT_END.melBins] } }));
  if (scores === undefined || features === undefined) throw new Error('the net gave no features and scores');
  return { scores: scores.data, features: features.data };
};

/** A linear layer with sigmoids, read from weights `[labels, features]` followed by biases `[labels]`. */
export const sigmoidHead = (file: string, features: number): ((x: Float32Array) => Float32Array) => {
  const bytes = readFileSync(file);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  if (values.length !== LABELS.length * (features + 1)) throw new Error(`${file} is no head of ${LABELS.length} labels on ${features} features`);
  return (x) => Float32Array.from(LABELS, (_, label) => {
    let sum = values[LABELS.length * features + label] ?? 0;
    for (let i = 0; i < features; i++) sum += (values[label * features + i] ?? 0) * (x[i] ?? 0);
    return 1 / (1 + Math.exp(-sum));
  });
};

/** AudioSet's names of our labels, as they are; drone has none, and background is Silence. */
export const AUDIOSET_NAMES: Readonly<Record<(typeof LABELS)[number], readonly string[]>> = {
  baby_cry: ['Baby cry, infant cry'],
  chainsaw: ['Chainsaw'],
  clock_tick: ['Clock', 'Tick', 'Tick-tock'],
  dog_bark: ['Dog', 'Bark'],
  drone: [],
  fire_crackling: ['Fire', 'Crackle'],
  helicopter: ['Helicopter'],
  person_sneeze: ['Sneeze'],
  rain: ['Rain', 'Raindrop', 'Rain on surface'],
  rooster: ['Chicken, rooster', 'Crowing, cock-a-doodle-doo'],
  sea_waves: ['Ocean', 'Waves, surf'],
  background: ['Silence'],
};

/** YAMNet's own scores, gathered under our labels: the greatest of the names. */
export const byName = (pack: Pack): ((scores: Float32Array) => Float32Array) => {
  const names = pack.labels('audio');
  const places = LABELS.map((label) => AUDIOSET_NAMES[label].map((name) => {
    const index = names.indexOf(name);
    if (index < 0) throw new Error(`YAMNet's labels have no ${name}`);
    return index;
  }));
  return (scores) => Float32Array.from(places, (indices) => Math.max(0, ...indices.map((i) => scores[i] ?? 0)));
};
