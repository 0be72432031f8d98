/** A camera as it is shown: nothing secret, in the spelling of the file and of the wire. Pure. */
import { basename } from 'node:path';
import type { StateMessage } from '../../src/emit/types.js';
import { redact } from '../../src/ingest/redact.js';
import type { MediaInfo } from '../../src/media/types.js';
import type { CameraReport } from '../../src/serve/camera-report.js';
import type { Profile } from '../../src/settings/profile.js';
import type { CameraSettings } from '../../src/settings/site.js';
import type { Figures } from './figures.js';

/** Every text in a value, however deep, without credentials: in addresses, and of TURN servers. */
export const redacted = (value: unknown): unknown => {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map(redacted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, key === 'credential' ? '***' : redacted(inner)]));
};

/** A state without secrets: its fault names the source, and any part of that may be a secret of the environment. */
export const hiddenState = (state: StateMessage, hide: (text: string) => string): StateMessage => {
  const { fault } = state;
  return fault === null ? state : { ...state, fault: { ...fault, message: hide(fault.message), ...(fault.remedy === undefined ? {} : { remedy: hide(fault.remedy) }) } };
};

const mediaReport = ({ container, live, audio, video }: MediaInfo): CameraReport['media'] => ({
  container, live,
  audio: audio === undefined ? null : { codec: audio.codec, sample_rate_hz: audio.sampleRateHz, channels: audio.channels },
  video: video === undefined ? null : { codec: video.codec, ...(video.width === undefined || video.height === undefined ? {} : { width: video.width, height: video.height }), fps: video.fps ?? null },
});

/** The packs of a profile by name; a folder's path is nobody's business. */
const packNames = ({ policy, audio, appearance, motion }: Profile['packs']): string[] =>
  [...new Set((policy === undefined ? [audio, appearance, motion] : [policy, appearance, motion]).flatMap((pack) => (pack === undefined ? [] : [basename(pack)])))];

const gateReports = ({ gate }: Profile, figures: Figures): CameraReport['gates'] => Object.fromEntries((['appearance', 'motion'] as const).flatMap((sense) => {
  const { lastOpenedTime, shutS } = figures.gate(sense);
  const { mode, maxBlackoutS } = gate;
  // A gate that is off, or has no net, is no gate.
  if (shutS === null && lastOpenedTime === null) return [];
  return [[sense, { mode, last_opened_time: lastOpenedTime, blackout: shutS !== null && maxBlackoutS !== null && shutS > maxBlackoutS }]];
}));

/** What a camera's report is made of. */
export interface Reported {
  readonly settings: CameraSettings;
  readonly origin: CameraReport['origin'];
  readonly state: StateMessage;
  /** When it came into this state [epoch s]. */
  readonly sinceTime: number;
  readonly media: MediaInfo | undefined;
  readonly figures: Figures;
}

/** Makes a camera's report. */
export const cameraReport = ({ settings: { name, source, profile, shown }, origin, state, sinceTime, media, figures }: Reported): CameraReport => ({
  name,
  source: redact(typeof shown['source'] === 'string' ? shown['source'] : source.url),
  origin,
  state: state.state,
  since_time: sinceTime,
  fault: state.fault,
  retry_time: state.retry_in_s === null ? null : state.time + state.retry_in_s,
  definition: redacted(shown) as CameraReport['definition'],
  media: media === undefined ? null : mediaReport(media),
  packs: packNames(profile.packs),
  figures: figures.report,
  gates: gateReports(profile, figures),
});
