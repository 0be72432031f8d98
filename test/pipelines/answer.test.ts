import { expect } from 'chai';
import { join } from 'node:path';
import { lastValueFrom, toArray } from 'rxjs';
import type { AnswerMessage, Output, SegmentMessage } from '../../src/emit/types.js';
import type { Session } from '../../src/inference/types.js';
import type { SourceEvent } from '../../src/ingest/types.js';
import { MediaHost } from '../../src/media/host.js';
import type { MediaHealth } from '../../src/media/protocol.js';
import { readProfile } from '../../src/settings/profile.js';
import { loadNets, type Nets } from '../../pipelines/nets.js';
import type { Answering } from '../../pipelines/answering.js';
import { graphCosts } from '../../pipelines/stream-budget.js';
import { stream } from '../../pipelines/stream.js';
import { hearken } from '../fixtures/command.js';
import { until } from '../fixtures/connections.js';
import { cutOff, folder, pictures, recording, tone } from '../fixtures/recordings.js';
import { timeless } from '../fixtures/timeless.js';
import { faultOf } from '../inference/shared.js';
import { writeMind, type MindOptions } from './minds.js';
import { restless } from './restless.js';

/** Sure at the third step, whatever it believes; and never. */
const AT_THE_THIRD = [null, null, 0, null];
const NEVER_SURE = Array<null>(6).fill(null);
const LASTS_S = 14;
const clip = (): string => restless('answered.mkv', 0, LASTS_S);

let made = 0;
const placeOf = async (options: MindOptions): Promise<string> => writeMind(join(folder(), `answers-${(made += 1)}`), options);

/** What came of a recording, and what it took to get there. */
interface Played {
  readonly outputs: readonly Output[];
  readonly segments: readonly SegmentMessage[];
  readonly answers: readonly AnswerMessage[];
  readonly health: MediaHealth;
  /** How far the source was read [µs], and what it said after the answer. */
  readonly readUs: number;
  readonly afterwards: number;
  /** Multiply-accumulates of all nets that really ran. */
  readonly macs: number;
}

/** The same nets, with every run counted. */
const counted = (nets: Nets, onRun: (macs: number) => void): Nets => {
  const spy = (session: Session): Session => ({ ...session, macs: session.macs, run: (feeds) => {
    onRun(session.macs);
    return session.run(feeds);
  } });
  const policy = nets.policy!;
  const net = <N extends { readonly session: Session }>(one: N): N => ({ ...one, session: spy(one.session) });
  return {
    ...nets, audio: net(nets.audio), appearance: net(nets.appearance!), motion: net(nets.motion!),
    policy: { ...policy, net: { ...policy.net, stages: Object.fromEntries(Object.entries(policy.net.stages).map(([stage, session]) => [stage, spy(session)])) as typeof policy.net.stages } },
  };
};

const play = async (place: string, url: string, answer?: Answering): Promise<Played> => {
  const profile = readProfile({ packs: { policy: place } });
  const nets = await loadNets(profile);
  const host = new MediaHost();
  let [macs, readUs, afterwards, answered] = [0, 0, 0, false];
  const onSource = (event: SourceEvent): void => {
    if (answered) afterwards += 1;
    if (event.kind === 'video') readUs = event.untilUs;
  };
  try {
    const outputs = await lastValueFrom(stream({
      camera: 'clip', source: { url }, profile, nets: counted(nets, (more) => { macs += more; }), host, firstFailure: 'fatal', stop: new AbortController().signal, onSource, answer,
    }).pipe(toArray()));
    answered = true;
    // Closing crosses to the media process and back.
    await until(async () => (await host.health()).every(({ connections }) => connections === 0), () => 'the source to be closed');
    return {
      outputs, readUs, afterwards, macs, health: (await host.health())[0]!,
      segments: outputs.flatMap((output) => (output.kind === 'segment' ? [output.segment] : [])),
      answers: outputs.flatMap((output) => (output.kind === 'answer' ? [output.answer] : [])),
    };
  } finally {
    await Promise.all([host.close(), nets.close()]);
  }
};

/** What a budget counts, of the mind at this place. */
const costsOf = async (place: string): Promise<ReturnType<typeof graphCosts>['gmacs']> => {
  const nets = await loadNets(readProfile({ packs: { policy: place } }));
  await nets.close();
  return graphCosts(nets, 480_000).gmacs;
};

describe('one answer for a recording', () => {
  it('comes as soon as it is sure; then nothing more is read, heard or decoded', async () => {
    const place = await placeOf({ lean: 100, stopping: AT_THE_THIRD });
    const early = await play(place, clip(), {});
    const all = await play(place, clip());
    expect(early.answers).to.have.length(1);
    expect(early.outputs.at(-1)!.kind).to.equal('answer');
    expect(early.answers[0]).to.include({ reason: 'confident', steps: 3, horizon_steps: 4, camera: 'clip' });
    expect(early.segments).to.have.length(3);
    expect(early.outputs.some(({ kind }) => kind === 'event')).to.equal(false);
    expect(early.health).to.include({ connections: 0 }).and.deep.include({ natives: { packets: 0, frames: 0, contexts: 0 } });
    expect(early.afterwards).to.equal(0);
    expect(early.health.videoPacketsDecoded).to.be.above(0).and.below(all.health.videoPacketsDecoded / 4);
    expect(early.health.videoFramesDecoded).to.be.above(0).and.below(all.health.videoFramesDecoded / 4);
    // A recording is read some seconds ahead, and no further.
    expect(early.readUs).to.be.below(0.6 * all.readUs);
    expect(early.macs).to.be.below(all.macs / 4);
    expect(all.answers).to.deep.equal([]);
  });

  it('is the same when it is played again, and does not depend on what comes behind it', async () => {
    const place = await placeOf({ seed: 13, stopping: NEVER_SURE });
    const [once, again] = [await play(place, clip(), {}), await play(place, clip(), {})];
    expect(once.answers[0]).to.include({ reason: 'horizon', steps: 6 });
    expect(timeless(again.outputs)).to.equal(timeless(once.outputs));
    const noise = await play(place, restless('answered-otherwise.mkv', 40, LASTS_S), {});
    expect(timeless(noise.outputs)).to.equal(timeless(once.outputs));
  });

  it('says what the policy knows after the last step, and what all of them cost', async () => {
    const { answers: [answer], segments, macs } = await play(await placeOf({ seed: 13, stopping: NEVER_SURE }), clip(), {});
    const last = segments.at(-1)!;
    expect(answer!.top_k).to.deep.equal(last.known);
    expect(answer!.cost).to.deep.equal(last.so_far.cost);
    expect(answer!.cost.gmacs).to.be.closeTo(macs / 1e9, 1e-6);
    expect(answer).to.include({ start_time: segments[0]!.start_time, observed_s: last.so_far.media_s });
    expect(answer).to.not.have.property('budget');
  });

  it('without a rule comes at the end', async () => {
    const { answers, segments } = await play(await placeOf({}), restless('restless.mkv'), {});
    expect(answers).to.have.length(1);
    expect(answers[0]).to.include({ reason: 'ended', steps: segments.length, horizon_steps: null });
  });

  it('whatever the budget, costs no more, and comes when no further step can be paid for', async () => {
    const place = await placeOf({ lean: 100 });
    const { audio, appearance, motion } = await costsOf(place);
    for (const budgetGmacs of [audio, 2.5 * audio, audio + appearance, 4 * audio + 2 * (appearance + motion)]) {
      const { answers: [answer], segments, macs } = await play(place, clip(), { budgetGmacs });
      expect(macs / 1e9).to.be.at.most(budgetGmacs + 1e-12);
      expect(answer).to.include({ reason: 'budget', steps: segments.length });
      expect(answer!.budget!.spent_gmacs).to.be.closeTo(macs / 1e9, 1e-6);
      expect(budgetGmacs - macs / 1e9, 'what is left').to.be.below(audio);
    }
  });

  it('under a rule hears every step up to the horizon, and spreads its looks over them', async () => {
    const place = await placeOf({ lean: 100, stopping: NEVER_SURE });
    const { audio, appearance, motion } = await costsOf(place);
    const { answers: [answer], segments, macs } = await play(place, clip(), { budgetGmacs: 6 * audio + 3 * (appearance + motion) });
    expect(answer).to.include({ reason: 'horizon', steps: 6 });
    expect(macs / 1e9).to.be.at.most(6 * audio + 3 * (appearance + motion));
    expect(segments.every(({ unanswered }) => unanswered.audio === undefined)).to.equal(true);
    expect(segments.map(({ gate }) => gate.motion?.reason)).to.include.members(['learned', 'budget']);
    expect(answer!.budget!.refusals.cap).to.be.above(0);
  });

  it('under a budget opens gates that the net leaves shut, where the pack knows that to be worth its price, and refuses what is not', async () => {
    const [cheap, dear] = [await placeOf({ lean: -100, stopping: NEVER_SURE, price: 0.1 }), await placeOf({ lean: 100, stopping: NEVER_SURE, price: 1e12 })];
    const { audio, appearance, motion } = await costsOf(cheap);
    const budgetGmacs = 6 * audio + 4 * (appearance + motion);
    const opened = await play(cheap, clip(), { budgetGmacs });
    expect(opened.segments.map(({ gate }) => gate.appearance?.reason)).to.include('worth');
    expect(opened.health.videoFramesDecoded).to.be.above(0);
    expect(opened.macs / 1e9).to.be.at.most(budgetGmacs + 1e-12);
    expect(opened.answers[0]).to.include({ reason: 'horizon', steps: 6 });
    const kept = await play(dear, clip(), { budgetGmacs });
    expect(kept.segments.map(({ gate }) => gate.appearance?.reason)).to.deep.equal(Array<string>(6).fill('budget'));
    expect(kept.health.videoFramesDecoded).to.equal(0);
    expect(kept.answers[0]!.budget!.refusals.price).to.equal(12);
    // Without a budget nobody asks what a look is worth.
    const free = await play(cheap, clip(), {});
    expect(free.segments.map(({ gate }) => gate.appearance?.reason)).to.deep.equal(Array<string>(6).fill('learned'));
  });

  it('refuses a budget that pays for no step, and a policy that is none', async () => {
    const place = await placeOf({});
    const { audio } = await costsOf(place);
    expect((await faultOf('settings-invalid', () => play(place, clip(), { budgetGmacs: audio * 0.9 }))).remedy).to.include(`${Math.round(audio * 1e9) / 1e9} GMAC`);
    const profile = readProfile({});
    const nets = await loadNets(profile);
    const host = new MediaHost();
    await faultOf('usage', () => stream({ camera: 'clip', source: { url: clip() }, profile, nets, host, firstFailure: 'fatal', stop: new AbortController().signal, answer: {} }));
    await Promise.all([host.close(), nets.close()]);
  });
});

describe('hearken watch --answer', () => {
  let ruled: string;
  let unruled: string;
  before(async () => {
    [ruled, unruled] = [await placeOf({ lean: 100, stopping: AT_THE_THIRD }), await placeOf({ lean: 100 })];
  });

  it('prints the answer, for people and for programs', async () => {
    const told = await hearken(['watch', clip(), '--answer', '--policy', ruled]);
    expect(told.code, told.stderr.join()).to.equal(0);
    expect(told.stdout.at(-1)).to.match(/^ +\d+\.\d\d s {2}ANSWER {6}(one|two|three|nothing it knows) 0\.\d\d after 1\.9\d s, 3 of at most 4 steps \(sure\); heard 3, pictures \d, clips \d; \d+ MMAC$/);
    expect(told.stderr.at(-1)).to.match(/^3 segments \(1\.9 s of 14\.\d\) heard/);
    const json = await hearken(['watch', clip(), '--answer', '--policy', ruled, '--json']);
    expect(JSON.parse(json.stdout.at(-1)!)).to.include({ schema: 'hearken.answer.v1', steps: 3 });
    expect(json.stderr).to.deep.equal([]);
  });

  it('without a rule says when the answer comes', async () => {
    const { code, stdout, stderr } = await hearken(['watch', clip(), '--answer', '--answer-budget', '0.02', '--policy', unruled, '--json']);
    expect(code).to.equal(0);
    expect(stderr).to.deep.equal(['test-mind has no stopping rule: the answer comes at the end, or when the budget is spent.']);
    expect(JSON.parse(stdout.at(-1)!)).to.include({ schema: 'hearken.answer.v1', reason: 'budget' });
  });

  it('is spoken of by models show, with what was shown of it', async () => {
    const shown = (await hearken(['models', 'show', ruled])).stdout.join('\n');
    expect(shown).to.include('may answer before step').and.include('100 recordings to lose at most 5 % of all answers and 10 % by any step, with 90 % confidence');
    expect((await hearken(['models', 'show', unruled])).stdout.join('\n')).to.not.include('stopping').and.not.include('confirmed');
    const confirming = (await hearken(['models', 'show', await placeOf({ confirmation: [0.9, null, 0.75] })])).stdout.join('\n');
    expect(confirming).to.include('confirmed from a score of 0.90, never, 0.75').and.include('100 streams that at most 5 % of those confirmed, by any segment, are false, with 90 % confidence');
  });

  it('answers from what can be read of a recording that was cut off, then says so (exit code 15)', async () => {
    const { code, stdout, stderr } = await hearken(['watch', cutOff('answered-cut.mkv', restless('restless.mkv'), 0.5), '--answer', '--policy', unruled, '--json']);
    expect(code).to.equal(15);
    expect(stderr.join()).to.match(/cut off or damaged/);
    expect(stdout.filter((line) => line.includes('hearken.answer.v1'))).to.have.length(1);
  });

  it('says so of a recording that is over before one step (exit code 18)', async () => {
    const short = recording('short.mkv', () => ({ video: pictures(0.2), audio: tone(0.1, { codec: 'flac' }) }));
    const { code, stdout, stderr } = await hearken(['watch', short, '--answer', '--policy', ruled, '--json']);
    expect(stderr).to.have.length(1);
    expect(stderr[0]).to.match(/^hearken: It ended before a single step .* second or more/);
    expect(stdout.filter((line) => line.includes('answer'))).to.deep.equal([]);
    expect(code).to.equal(18);
  });

  const refusals: Readonly<Record<string, { readonly args: () => string[]; readonly code: number; readonly says: RegExp }>> = {
    'without a learned policy': { args: () => ['sample', '--answer'], code: 2, says: /needs a learned policy.*--policy/ },
    'a budget without an answer': { args: () => ['sample', '--answer-budget', '1'], code: 2, says: /events are asked for.*--answer/ },
    'a budget that is none': { args: () => ['sample', '--answer', '--answer-budget', 'much'], code: 2, says: /--answer-budget needs a number/ },
    'two budgets': { args: () => ['sample', '--answer', '--policy', ruled, '--answer-budget', '1', '--set', 'budget.msPerS=50'], code: 2, says: /one of them can hold.*Leave one out/ },
    'a budget below one step': { args: () => ['sample', '--answer', '--policy', ruled, '--answer-budget', '0.001'], code: 3, says: /0\.001 GMAC.*pays for no step.*Give at least 0\.00\d+ GMAC/ },
    'a live source without a rule': { args: () => ['rtsp://127.0.0.1:1/cam', '--answer', '--policy', unruled], code: 2, says: /no end.*--for/ },
  };
  for (const [name, { args, code, says }] of Object.entries(refusals)) {
    it(`refuses ${name} (exit code ${code})`, async () => {
      const ended = await hearken(['watch', ...args()]);
      expect(ended.stderr.join('\n'), `exit code ${String(ended.code)}`).to.match(says);
      expect(ended.stderr).to.have.length(1);
      expect(ended.stdout).to.deep.equal([]);
      expect(ended.code).to.equal(code);
    });
  }

  for (const [name, args] of [['with a rule', () => ['--policy', ruled]], ['for some time', () => ['--policy', unruled, '--for', '5']]] as const) {
    it(`lets a live source be watched ${name}: all that is said is that it cannot be reached`, async () => {
      expect((await hearken(['watch', 'rtsp://127.0.0.1:1/cam', '--answer', ...args()])).code).to.equal(12);
    });
  }
});
