import { expect } from 'chai';
import { lastValueFrom, of, tap, toArray } from 'rxjs';
import type { Output } from '../../src/emit/types.js';
import { MediaHost } from '../../src/media/host.js';
import type { Net } from '../../src/sense/net.js';
import { readProfile, type Profile } from '../../src/settings/profile.js';
import { loadNets, type Nets } from '../../pipelines/nets.js';
import { stream } from '../../pipelines/stream.js';
import { pictures, recording, tone } from '../fixtures/recordings.js';
import { timeless } from '../fixtures/timeless.js';

const NEVER = { listed: { open: 1, close: 1 }, uncertain: { open: 1, close: 1 }, holdS: 0, cooldownS: 0 };
const SIZE = { width: 32, height: 32 };

/** An appearance net that counts its runs. */
const countingEye = (): { readonly net: Net; readonly runs: () => number } => {
  let runs = 0;
  const dims = [1, SIZE.height, SIZE.width, 3];
  const scores = { name: 'scores', dims: [1, 2] };
  return {
    runs: () => runs,
    net: {
      labels: ['something', 'nothing'],
      session: {
        inputs: [{ name: 'input', dims }], outputs: [scores], macs: 1_000,
        run: () => {
          runs += 1;
          return of({ scores: { data: Float32Array.of(0.9, 0.1), dims: [1, 2] } });
        },
        close: async () => Promise.resolve(),
      },
      manifest: {
        file: 'eye.onnx', sha256: '0'.repeat(64), activation: 'softmax', labels: 'labels.txt', background: [], macs: 1_000,
        input: { tensor: { name: 'input', dims }, from: { kind: 'picture', ...SIZE, layout: 'nhwc', scale: 1, offset: 0 } },
        outputs: { scores },
      },
    },
  };
};

describe('the whole stream, on real media and the real ear', () => {
  let nets: Nets;
  let host: MediaHost;
  before(async () => { nets = await loadNets(readProfile({})); });
  after(async () => { await nets.close(); });
  beforeEach(() => { host = new MediaHost(); });
  afterEach(async () => { await host.close(); });

  const source = (): string => recording('stream.mp4', () => ({ video: pictures(8), audio: tone(8) }));

  const outputsOf = async (profile: Profile, net: Net): Promise<Output[]> => lastValueFrom(stream({
    camera: 'test', source: { url: source() }, profile, nets: { ...nets, appearance: net }, host, firstFailure: 'fatal', stop: new AbortController().signal,
  }).pipe(toArray()));

  it('with the gate shut, no video packet reaches the decoder and no appearance session runs', async () => {
    const eye = countingEye();
    const outputs = await outputsOf(readProfile({ gate: { appearance: { ...NEVER, heartbeatS: null } } }), eye.net);
    const segments = outputs.flatMap((output) => (output.kind === 'segment' ? [output.segment] : []));
    expect(segments.length).to.be.greaterThan(12);
    expect(segments.every(({ looked, cost }) => !looked && cost.decode_ms === 0 && cost.gmacs > 0), 'heard, and only heard').to.equal(true);
    const [health] = await host.health();
    expect(health).to.include({ videoPacketsDecoded: 0, videoFramesDecoded: 0 });
    expect(eye.runs()).to.equal(0);
  });

  it('with the gate open as a heartbeat, one key frame is decoded for each look, and none twice', async () => {
    const eye = countingEye();
    const outputs = await outputsOf(readProfile({ gate: { appearance: { ...NEVER, heartbeatS: 0.4 } } }), eye.net);
    const opened = outputs.filter((output) => output.kind === 'segment' && output.segment.gate.appearance?.open === true);
    const looked = outputs.filter((output) => output.kind === 'segment' && output.segment.looked);
    const [health] = await host.health();
    expect(opened.length, 'the gate opens on every segment').to.be.greaterThan(14);
    expect(health?.videoFramesDecoded, 'eight key frames in eight seconds').to.be.within(7, 8);
    expect(eye.runs(), 'one run a key frame').to.equal(health?.videoFramesDecoded);
    expect(looked, 'what was seen before is not looked at again').to.have.length(eye.runs());
  });

  it('gives the same, segment by segment, when the recording is played again', async () => {
    const profile = readProfile({ gate: { appearance: { ...NEVER, heartbeatS: 1 } } });
    const run = async (): Promise<string> => timeless(await outputsOf(profile, countingEye().net));
    expect(await run()).to.equal(await run());
  });

  it('ends at once when it is stopped, and events that lasted get their end', async () => {
    const stop = new AbortController();
    const kinds: string[] = [];
    await lastValueFrom(stream({
      camera: 'test', source: { url: source() }, profile: readProfile({ emit: { confidence: 0.001, release: 0 } }), nets, host, firstFailure: 'fatal', stop: stop.signal,
    }).pipe(tap((output) => {
      if (output.kind === 'segment' && output.segment.index === 4) stop.abort();
      if (output.kind === 'event') kinds.push(output.event.type);
    })));
    const begun = kinds.filter((kind) => kind === 'provisional').length;
    expect(begun).to.be.greaterThan(0);
    expect(kinds.filter((kind) => kind === 'end' || kind === 'retracted')).to.have.length(begun);
  });
});
