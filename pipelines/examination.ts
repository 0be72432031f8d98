/** From what was observed of a source to what a person should know about it. Pure. */
import type { Fault } from '../src/faults.js';
import { SAMPLE_RATE_HZ, type FrameAnswer, type LazyVideo, type MediaInfo } from '../src/media/types.js';
import type { Profile } from '../src/settings/profile.js';

/** What went by; filled while the source is read. */
export interface Observation {
  info: MediaInfo | undefined;
  /** From the command's start until the source was open [ms]. */
  openMs: number;
  video: LazyVideo | undefined;
  look: FrameAnswer | undefined;
  readonly faults: Fault[];
  audioFirstUs: number | undefined;
  audioSamples: number;
  audioSquares: number;
  audioPeak: number;
  audioJumps: number;
  videoPackets: number;
  videoBytes: number;
  videoDropped: number;
  videoJumps: number;
  videoUntilUs: number;
  readonly keyTimesUs: number[];
}

/** What is said about a source. */
export interface Examination {
  readonly info: MediaInfo | undefined;
  readonly openMs: number;
  readonly audio: { readonly seconds: number; readonly rmsDbfs: number; readonly peakDbfs: number } | undefined;
  readonly video: {
    readonly packets: number;
    readonly kbps: number;
    readonly keyFrames: number;
    /** Longest time from one key frame to the next [s]; undefined with fewer than two. */
    readonly gopS: number | undefined;
    readonly droppedPackets: number;
  } | undefined;
  readonly look: { readonly decodeMs: number; readonly scaleMs: number; readonly decodedFrames: number } | undefined;
  /** What will be decoded when this source is watched, in one sentence each. */
  readonly decoded: readonly string[];
  /** What is wrong, each with its remedy. */
  readonly problems: readonly string[];
}

const dbfs = (amplitude: number): number => (amplitude <= 0 ? -Infinity : 20 * Math.log10(amplitude));
/** Sound softer than this is taken for a microphone that is off. */
const SILENT_DBFS = -75;

const gopS = (keyTimesUs: readonly number[]): number | undefined => {
  const gaps = keyTimesUs.slice(1).map((timeUs, i) => timeUs - (keyTimesUs[i] ?? timeUs));
  return gaps.length === 0 ? undefined : Math.max(...gaps) / 1e6;
};

const audioProblems = (seen: Observation): string[] => {
  if (seen.info?.audio === undefined) return ['It has no sound: Hearken can only look from time to time. Switch the microphone on in the camera\'s settings, or ask for the stream that carries it.'];
  if (seen.audioSamples === 0) return ['It announces sound but sends none. Look into the camera\'s audio settings.'];
  const rms = dbfs(Math.sqrt(seen.audioSquares / seen.audioSamples));
  return [
    ...(rms < SILENT_DBFS ? [`Its sound is silent (${rms.toFixed(0)} dBFS). Check the microphone and its gain.`] : []),
    ...(seen.audioPeak >= 1 ? ['Its sound is clipped. Lower the microphone\'s gain.'] : []),
    ...((seen.audioFirstUs ?? 0) > 1e6 ? [`Its sound begins ${((seen.audioFirstUs ?? 0) / 1e6).toFixed(1)} s after its pictures; until then it is marked as missing.`] : []),
  ];
};

const videoProblems = (seen: Observation, profile: Profile): string[] => {
  const { info } = seen;
  if (info?.video === undefined) return ['It has no pictures: Hearken only listens.'];
  const gop = gopS(seen.keyTimesUs);
  const toleranceS = profile.look.toleranceS;
  return [
    ...(seen.videoPackets > 0 && seen.keyTimesUs.length === 0 ? ['No key frame came: there is nothing that could be looked at. Set a key frame interval of 1 to 2 s in the camera.'] : []),
    ...(gop !== undefined && gop > toleranceS ? [`Its key frames are ${gop.toFixed(1)} s apart, more than the ${toleranceS} s a look may be off. Set a shorter key frame interval (GOP) in the camera, or a larger look.toleranceS.`] : []),
    ...(gop !== undefined && gop > profile.ring.maxS ? [`A group of pictures outgrows the ring of ${profile.ring.maxS} s, so the end of each is dropped.`] : []),
    ...((info.video.height ?? 0) >= 1080 ? [`Its pictures are ${info.video.width ?? '?'}x${info.video.height ?? '?'}, far more than any net here sees; the camera's second stream (substream) makes each look several times cheaper.`] : []),
    ...(seen.look?.reason === undefined ? [] : [`A look failed: ${seen.look.reason}.`]),
  ];
};

const decoded = (seen: Observation): string[] => [
  ...(seen.info?.audio === undefined ? [] : [`Sound: all of it, ${seen.info.audio.codec} to ${SAMPLE_RATE_HZ / 1000} kHz mono.`]),
  ...(seen.info?.video === undefined ? [] : [`Pictures: none, until a gate opens; then the nearest key frame${seen.look === undefined ? '' : ` (${(seen.look.cost.decodeMs + seen.look.cost.scaleMs).toFixed(1)} ms here)`}.`]),
];

/** Judges what was observed. */
export const examine = (seen: Observation, profile: Profile): Examination => {
  const seconds = seen.videoUntilUs / 1e6;
  return {
    info: seen.info,
    openMs: Math.round(seen.openMs),
    audio: seen.audioSamples === 0 ? undefined : {
      seconds: seen.audioSamples / SAMPLE_RATE_HZ,
      rmsDbfs: dbfs(Math.sqrt(seen.audioSquares / seen.audioSamples)),
      peakDbfs: dbfs(seen.audioPeak),
    },
    video: seen.videoPackets === 0 ? undefined : {
      packets: seen.videoPackets,
      kbps: seconds <= 0 ? 0 : (seen.videoBytes * 8) / 1000 / seconds,
      keyFrames: seen.keyTimesUs.length,
      gopS: gopS(seen.keyTimesUs),
      droppedPackets: seen.videoDropped,
    },
    look: seen.look === undefined ? undefined : { decodeMs: seen.look.cost.decodeMs, scaleMs: seen.look.cost.scaleMs, decodedFrames: seen.look.cost.decodedFrames },
    decoded: decoded(seen),
    problems: [
      ...audioProblems(seen),
      ...videoProblems(seen, profile),
      ...(seen.audioJumps + seen.videoJumps > 0 ? [`Its timestamps jumped ${seen.audioJumps + seen.videoJumps} times; what is heard starts afresh at each.`] : []),
      ...seen.faults.map((fault) => fault.sentence),
    ],
  };
};

/** The examination as people read it. */
export const reportLines = ({ info, openMs, audio, video, decoded: what, problems }: Examination): string[] => [
  ...(info === undefined ? ['It did not open.'] : [
    `${info.live ? 'Live' : 'Recording'}, ${info.container}${info.durationUs === undefined || info.live ? '' : `, ${(info.durationUs / 1e6).toFixed(1)} s`}; open after ${openMs} ms.`,
    info.audio === undefined ? 'Sound: none.' : `Sound: ${info.audio.codec}, ${info.audio.sampleRateHz} Hz, ${info.audio.channels} channel${info.audio.channels === 1 ? '' : 's'}${audio === undefined ? '' : `; ${audio.seconds.toFixed(1)} s heard at ${audio.rmsDbfs.toFixed(0)} dBFS, peak ${audio.peakDbfs.toFixed(0)} dBFS`}.`,
    info.video === undefined ? 'Pictures: none.' : `Pictures: ${info.video.codec}${info.video.width === undefined || info.video.height === undefined ? '' : ` ${info.video.width}x${info.video.height}`}${info.video.fps === undefined ? '' : ` at ${info.video.fps.toFixed(0)} frames/s`}${video === undefined ? '' : `; ${video.packets} packets, ${video.kbps.toFixed(0)} kbit/s, ${video.keyFrames} key frames${video.gopS === undefined ? '' : ` at most ${video.gopS.toFixed(1)} s apart`}`}.`,
  ]),
  'What will be decoded:',
  ...what.map((line) => `  ${line}`),
  ...(problems.length === 0 ? ['Nothing is wrong.'] : ['What is wrong:', ...problems.map((line) => `  ${line}`)]),
];
