import type { HmsSizes, SenseName } from '../../inference/manifest.js';
import type { Evidence } from '../../sense/types.js';
import type { HmsMemory, LstmMemory, Memory } from '../types.js';

/** Hidden and cell state of one LSTM, `[hidden]` each. */
export interface Lstm {
  readonly h: Float32Array;
  readonly c: Float32Array;
}

/** What was last seen: projected features `[projected.appearance]`, and what they say to the motion gate `[2]`. */
export interface LastPicture {
  readonly x: Float32Array;
  readonly gate: Float32Array;
}

/** The state of a stream between two steps. Never written to. */
export interface HmsState extends Readonly<Record<SenseName, Lstm>> {
  readonly picture: LastPicture | null;
}

const encode = (values: Float32Array): string => Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
/** Through a copy: a buffer of Node may begin anywhere, and float32 values may not. */
const decode = (text: string): Float32Array => new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);

const lstmAt = ({ h, c }: LstmMemory): Lstm => ({ h: decode(h), c: decode(c) });
const lstmTo = ({ h, c }: Lstm): LstmMemory => ({ h: encode(h), c: encode(c) });

/** All zeros: the state before the first step of an era. */
export const restOf = ({ hidden }: Pick<HmsSizes, 'hidden'>): HmsState => {
  const zeros = (sense: SenseName): Lstm => ({ h: new Float32Array(hidden[sense]), c: new Float32Array(hidden[sense]) });
  return { audio: zeros('audio'), appearance: zeros('appearance'), motion: zeros('motion'), picture: null };
};

/** The state that a segment begins with: what is remembered of its era, or rest. */
export const stateAt = (sizes: HmsSizes, memory: Memory, evidence: Pick<Evidence, 'era'>): HmsState => {
  const { hms } = memory;
  if (hms === undefined || memory.era !== evidence.era) return restOf(sizes);
  const { audio, appearance, motion, picture } = hms;
  return {
    audio: lstmAt(audio), appearance: lstmAt(appearance), motion: lstmAt(motion),
    picture: picture === null ? null : { x: decode(picture.x), gate: decode(picture.gate) },
  };
};

/** The state as it is remembered. */
export const remembering = ({ audio, appearance, motion, picture }: HmsState): HmsMemory => ({
  audio: lstmTo(audio), appearance: lstmTo(appearance), motion: lstmTo(motion),
  picture: picture === null ? null : { x: encode(picture.x), gate: encode(picture.gate) },
});

/**
 * What becomes of an LSTM whose gate stayed shut: the hidden state of the one below takes the place of the first part
 * of its own; the cell state stays.
 * @see HMS §3.2, "Fusing hidden states"; which part is overwritten the paper leaves open
 */
export const copyUp = (below: Lstm, above: Lstm): Lstm => {
  const h = above.h.slice();
  h.set(below.h);
  return { h, c: above.c };
};
