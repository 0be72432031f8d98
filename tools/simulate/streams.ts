/** Real streams under a budget: recordings of S3 played as cameras do, recognised by one site, and held against what is in them. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { lastValueFrom, tap } from 'rxjs';
import { allowance } from '../../src/budget/account.js';
import { SiteBudget } from '../../src/budget/site-budget.js';
import { MediaHost } from '../../src/media/host.js';
import { readProfile } from '../../src/settings/profile.js';
import type { SegmentMessage } from '../../src/emit/types.js';
import { loadNets, type Nets } from '../../pipelines/nets.js';
import { liveStream } from '../../pipelines/stream.js';
import { RtspServer } from '../rtsp/server.js';

/** What is run. */
export interface StreamsTrial {
  /** Folder with recordings and, beside each, its events (`.jsonl`). */
  readonly folder: string;
  readonly cameras: number;
  readonly policy: string;
  readonly budget: { readonly gmacsPerS: number | null; readonly msPerS: number | null; readonly burstS: number } | undefined;
  /** What a look that no gate wishes for must be worth [bit]; null: it is never made. Undefined: as set by default. */
  readonly unaskedBit: number | null | undefined;
  /** How long [s]. */
  readonly forS: number;
  /** True: served over RTSP at their own pace; false: read as files, as fast as they go. */
  readonly live: boolean;
}

/** What came of it. */
export interface StreamsOutcome {
  readonly segments: number;
  readonly mediaS: number;
  readonly siteS: number;
  readonly overtaken: number;
  readonly looked: number;
  readonly watched: number;
  readonly gmacsPerS: number;
  readonly msPerS: number;
  /** Outputs at which more stood booked than the cap gives. */
  readonly violations: number;
  readonly fullest: number;
  readonly utilization: number;
  readonly refusals: Readonly<Record<string, number>>;
  readonly unheard: number;
  readonly debtMs: number;
  readonly price: number;
  /** Segments whose best label is what happens at their end, or that know nothing where nothing happens. */
  readonly right: number;
  /** The same over segments on which something happens. */
  readonly rightOfEvents: number;
  readonly events: number;
}

interface Event { readonly label: string; readonly startS: number; readonly endS: number }

const eventsOf = (file: string): Event[] => readFileSync(file, 'utf8').split('\n').flatMap((line) => {
  if (line === '') return [];
  const value = JSON.parse(line) as Event & { readonly kind: string };
  return value.kind === 'event' ? [value] : [];
});

interface Counted { segments: number; looked: number; watched: number; overtaken: number; right: number; rightOfEvents: number; events: number; unheard: number; mediaS: number; gmacs: number; ms: number; refusals: Readonly<Record<string, number>> }

const judge = (counted: Counted, events: readonly Event[], { known, stages, so_far: soFar, unanswered, budget }: SegmentMessage, atS: number): void => {
  const now = events.filter(({ startS, endS }) => startS <= atS && atS < endS).map(({ label }) => label);
  const top = known?.[0];
  const said = top !== undefined && top.score >= 0.5 ? top.label : undefined;
  const right = said === undefined ? now.length === 0 : now.includes(said);
  counted.segments += 1;
  counted.looked += (stages.appearance?.gmacs ?? 0) > 0 ? 1 : 0;
  counted.watched += (stages.motion?.gmacs ?? 0) > 0 ? 1 : 0;
  counted.unheard += unanswered.audio === 'budget' ? 1 : 0;
  counted.right += right ? 1 : 0;
  counted.events += now.length > 0 ? 1 : 0;
  counted.rightOfEvents += right && now.length > 0 ? 1 : 0;
  counted.mediaS = soFar.media_s;
  counted.gmacs = soFar.cost.gmacs;
  counted.ms = soFar.cost.ms + soFar.cost.decode_ms;
  counted.refusals = budget?.refusals ?? {};
};

/** What is shared by the cameras of a trial. */
interface Shared {
  readonly trial: StreamsTrial;
  readonly nets: Nets;
  readonly host: MediaHost;
  readonly site: SiteBudget;
  readonly stop: AbortSignal;
  /** Called at each segment. */
  readonly check: () => void;
}

/** One camera from its beginning to its end, counted. */
const follow = async (name: string, { trial: { folder, policy, live, unaskedBit }, nets, host, site, stop, check }: Shared): Promise<Counted> => {
  const recording = join(folder, name);
  const events = eventsOf(recording.replace(/\.mp4$/, '.jsonl'));
  const counted: Counted = { segments: 0, looked: 0, watched: 0, overtaken: 0, right: 0, rightOfEvents: 0, events: 0, unheard: 0, mediaS: 0, gmacs: 0, ms: 0, refusals: {} };
  const server = live ? new RtspServer(recording, { speed: 1 }) : undefined;
  await server?.listen(0);
  let firstTime: number | undefined;
  const { outputs } = liveStream({
    camera: name, source: { url: server?.url() ?? recording }, profile: readProfile({ packs: { policy }, ...(unaskedBit === undefined ? {} : { budget: { unaskedBit } }) }), nets, host, stop, firstFailure: 'fatal', budget: site,
    onOvertaken: () => { counted.overtaken += 1; },
  });
  await lastValueFrom(outputs.pipe(tap((output) => {
    if (output.kind !== 'segment') return;
    firstTime ??= output.segment.start_time;
    check();
    const atS = output.segment.end_time - firstTime;
    judge(counted, events, output.segment, server === undefined ? atS : atS % server.durationS);
  })), { defaultValue: undefined });
  await server?.close();
  return counted;
};

/** Watches what stands booked, at every segment. */
const watching = (site: SiteBudget): { readonly check: () => void; readonly seen: { violations: number; fullest: number } } => {
  const seen = { violations: 0, fullest: 0 };
  return { seen, check: () => {
    const { cap, window: { held } } = site.account;
    const { gmacs, ms } = allowance(cap);
    const part = Math.max(held.gmacs / gmacs, held.ms / ms);
    seen.fullest = Math.max(seen.fullest, part);
    if (part > 1 + 1e-9) seen.violations += 1;
  } };
};

/** Runs a trial. */
export const runStreams = async (trial: StreamsTrial): Promise<StreamsOutcome> => {
  const names = readdirSync(trial.folder).filter((name) => name.endsWith('.mp4')).sort().slice(0, trial.cameras);
  const nets = await loadNets(readProfile({ packs: { policy: trial.policy } }), 1);
  const host = new MediaHost();
  const site = new SiteBudget(trial.budget);
  const { check, seen } = watching(site);
  const stop = AbortSignal.timeout(trial.forS * 1000);
  const all = await Promise.all(names.map(async (name) => follow(name, { trial, nets, host, site, stop, check })));
  await Promise.all([host.close(), nets.close()]);
  const sum = (of: (counted: Counted) => number): number => all.reduce((total, counted) => total + of(counted), 0);
  const refusals: Record<string, number> = {};
  for (const counted of all) for (const [why, count] of Object.entries(counted.refusals)) refusals[why] = (refusals[why] ?? 0) + count;
  const { cap, total, nowUs, debt } = site.account;
  const mediaS = sum((counted) => counted.mediaS) / names.length;
  return {
    segments: sum(({ segments }) => segments), mediaS, siteS: nowUs / 1e6, overtaken: sum(({ overtaken }) => overtaken),
    looked: sum(({ looked }) => looked), watched: sum(({ watched }) => watched),
    gmacsPerS: sum(({ gmacs }) => gmacs) / mediaS, msPerS: sum(({ ms }) => ms) / mediaS,
    ...seen, utilization: Math.max(total.gmacs / cap.perS.gmacs, total.ms / cap.perS.ms) / (nowUs / 1e6),
    refusals, unheard: sum(({ unheard }) => unheard), debtMs: debt.ms, price: site.report.price,
    right: sum(({ right }) => right) / sum(({ segments }) => segments),
    rightOfEvents: sum(({ rightOfEvents }) => rightOfEvents) / sum(({ events }) => events), events: sum(({ events }) => events),
  };
};
