/** A camera's sound. */
import { fromDb } from '../../pretrain/filters.js';
import { draw } from '../draw.js';
import { ambience } from '../scenes/other-sounds.js';
import { voice } from '../scenes/soundtrack.js';
import { RATE } from '../scenes/synth.js';
import { episodesAround, type Camera, type Happening } from './timeline.js';

/** Ambience is made in pieces of this length, each faded into the next. */
const PIECE_S = 20;
const FADE_SAMPLES = RATE / 2;
const PIECE = PIECE_S * RATE;
/** How loud the ambience is [dB of full scale]; what sounds stands 9 to 22 dB above it. */
const AMBIENCE_DB = -40;

/** A camera's sound by time; any span may be asked for, spans that follow each other are cheap. */
export class Sounds {
  readonly #camera: Camera;
  readonly #pieces = new Map<number, Float32Array>();
  readonly #voices = new Map<string, Float32Array>();

  /** @param camera whose sound */
  constructor(camera: Camera) {
    this.#camera = camera;
  }

  /** Samples `[to − from]` at 16 kHz, −1…1, from one index to another, exclusive. */
  between(from: number, to: number): Float32Array {
    const samples = new Float32Array(to - from), fromS = from / RATE, toS = to / RATE;
    this.#addAmbience(samples, from);
    const episodes = episodesAround(this.#camera, fromS, toS);
    const sounding = episodes.flatMap(({ happenings }) => happenings).filter(({ heard }) => heard !== undefined && heard.startS < toS && heard.endS > fromS);
    for (const happening of sounding) this.#addVoice(samples, from, happening);
    for (const { of, startS, endS } of episodes.flatMap(({ dropOuts }) => dropOuts)) {
      if (of === 'sound') samples.fill(0, clamp(Math.round(startS * RATE) - from, samples.length), clamp(Math.round(endS * RATE) - from, samples.length));
    }
    for (const id of this.#voices.keys()) if (!sounding.some((happening) => happening.id === id)) this.#voices.delete(id);
    return samples.map((v) => Math.max(-1, Math.min(1, v)));
  }

  #addAmbience(samples: Float32Array, from: number): void {
    const gain = fromDb(AMBIENCE_DB);
    for (let i = 0; i < samples.length;) {
      const at = from + i, index = Math.floor(at / PIECE), within = at - index * PIECE;
      const piece = this.#piece(index), before = index > 0 && within < FADE_SAMPLES ? this.#piece(index - 1) : undefined;
      const end = Math.min(samples.length, i + (within < FADE_SAMPLES ? FADE_SAMPLES : PIECE) - within);
      for (let k = within; i < end; i++, k++) {
        const share = before === undefined ? 1 : k / FADE_SAMPLES;
        samples[i] = gain * ((piece[k] ?? 0) * Math.sqrt(share) + (before?.[PIECE + k] ?? 0) * Math.sqrt(1 - share));
      }
    }
  }

  #piece(index: number): Float32Array {
    const { world, part, index: camera } = this.#camera;
    const piece = this.#pieces.get(index) ?? ambience(PIECE + FADE_SAMPLES, draw('ambience', world.seed, part, camera, index));
    this.#pieces.set(index, piece);
    for (const other of this.#pieces.keys()) if (Math.abs(other - index) > 1) this.#pieces.delete(other);
    return piece;
  }

  #addVoice(samples: Float32Array, from: number, { id, heard }: Happening): void {
    if (heard === undefined) return;
    const { world, part } = this.#camera, length = Math.round((heard.endS - heard.startS) * RATE);
    const said = this.#voices.get(id) ?? voice(heard, length, part === 'test', world.seed, part, id);
    this.#voices.set(id, said);
    const start = Math.round(heard.startS * RATE) - from, gain = fromDb(AMBIENCE_DB + heard.snrDb);
    for (let i = clamp(start, samples.length); i < Math.min(samples.length, start + length); i++) samples[i] = (samples[i] ?? 0) + gain * (said[i - start] ?? 0);
  }
}

const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value));
