/**
 * `node dist/tools/experiments/time.js <pack> <recording…> [--rounds 3] [--to models/<pack>]`: what truly skipping saves.
 * Each recording goes through the product's own pipeline twice a round: with the gates as the pack decides, and with all
 * gates forced open at every step. Time is the wall clock from opening to the last message, decoding included.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lastValueFrom, toArray } from 'rxjs';
import { loadNets, type Nets } from '../../pipelines/nets.js';
import { stream } from '../../pipelines/stream.js';
import { MediaHost } from '../../src/media/host.js';
import { readProfile, type Profile } from '../../src/settings/profile.js';

/** What one recording cost, once. */
interface Measured {
  /** From opening to the last message [ms]. */
  readonly wallMs: number;
  /** In nets and front ends, and in decoding and scaling, by the ledger [ms]. */
  readonly senseMs: number;
  readonly decodeMs: number;
  readonly gmacs: number;
  readonly mediaS: number;
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string', default: '3' }, to: { type: 'string' } } });
const [pack, ...recordings] = positionals;
if (pack === undefined || recordings.length === 0) throw new Error('Say which pack and which recordings.');

const OPEN_ALWAYS = { heartbeatS: 0.01, cooldownS: 0, holdS: 0 };
const gated = readProfile({ packs: { policy: pack } });
const open = readProfile({ packs: { policy: pack } }, { gate: { appearance: OPEN_ALWAYS, motion: OPEN_ALWAYS } });

const measure = async (path: string, profile: Profile, nets: Nets, host: MediaHost): Promise<Measured> => {
  const startMs = performance.now();
  const outputs = await lastValueFrom(stream({ camera: 'time', source: { url: path }, profile, nets, host, firstFailure: 'fatal', stop: new AbortController().signal }).pipe(toArray()));
  const wallMs = performance.now() - startMs;
  const last = outputs.flatMap((output) => (output.kind === 'segment' ? [output.segment] : [])).at(-1);
  if (last === undefined) throw new Error(`${path} gave no segment`);
  const { cost, media_s: mediaS } = last.so_far;
  return { wallMs, senseMs: cost.ms, decodeMs: cost.decode_ms, gmacs: cost.gmacs, mediaS };
};

const total = (all: readonly Measured[]): Measured => all.reduce((a, b) => ({
  wallMs: a.wallMs + b.wallMs, senseMs: a.senseMs + b.senseMs, decodeMs: a.decodeMs + b.decodeMs, gmacs: a.gmacs + b.gmacs, mediaS: a.mediaS + b.mediaS,
}));

/** The middle of a few. */
const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;

const nets = await loadNets(gated);
const host = new MediaHost({});
const rounds: { gated: Measured; open: Measured }[] = [];
try {
  await measure(recordings[0] ?? '', open, nets, host); // the first run warms caches and is not counted
  for (let round = 0; round < Number(values.rounds); round += 1) {
    const [ours, theirs]: [Measured[], Measured[]] = [[], []];
    for (const path of recordings) {
      ours.push(await measure(path, gated, nets, host));
      theirs.push(await measure(path, open, nets, host));
    }
    rounds.push({ gated: total(ours), open: total(theirs) });
  }
} finally {
  await host.close();
  await nets.close();
}
const ratio = (of: (one: Measured) => number): number => median(rounds.map((round) => of(round.open) / of(round.gated)));
const perSecond = (key: 'gated' | 'open') => {
  const middle = (of: (one: Measured) => number): number => Number(median(rounds.map((round) => of(round[key]) / round[key].mediaS)).toPrecision(4));
  return { wall_ms: middle((one) => one.wallMs), sense_ms: middle((one) => one.senseMs), decode_ms: middle((one) => one.decodeMs), gmacs: middle((one) => one.gmacs) };
};
const report = {
  made_by: 'node dist/tools/experiments/time.js', pack, recordings: recordings.length, rounds: rounds.length,
  media_s: Number((rounds[0]?.gated.mediaS ?? 0).toFixed(1)),
  per_second_of_media: { gated: perSecond('gated'), all_gates_open: perSecond('open') },
  speedUp: Number(ratio((one) => one.wallMs).toPrecision(3)), speedUpOfSensing: Number(ratio((one) => one.senseMs + one.decodeMs).toPrecision(3)), macsShare: Number((1 / ratio((one) => one.gmacs)).toPrecision(3)),
};
if (values.to !== undefined) writeFileSync(join(values.to, 'time.json'), `${JSON.stringify(report, null, 1)}\n`);
process.stdout.write(`${JSON.stringify(report, null, 1)}\n`);
