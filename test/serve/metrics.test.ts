import { expect } from 'chai';
import type { Output } from '../../src/emit/types.js';
import { stateMessage } from '../../src/emit/state-message.js';
import type { SourceState } from '../../src/media/types.js';
import { event, segment } from './outputs.js';
import { report, ScriptedSite } from './scripted-site.js';
import { callTo, Stage } from './sockets.js';

const state = (camera: string, name: SourceState): Output => ({ kind: 'state', state: stateMessage(camera, { kind: 'state', state: name }, 0) });

describe('serve: metrics', () => {
  const stage = new Stage();
  afterEach(() => stage.clear());

  /** Every sample by its name and labels. */
  const scrape = async (call: ReturnType<typeof callTo>): Promise<Map<string, number>> => {
    const text = await (await call('/metrics')).text();
    return new Map(text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).map((line): [string, number] => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at), Number(line.slice(at + 1))];
    }));
  };

  it('adds up what is published', async () => {
    const server = await stage.server();
    const call = callTo(server);
    const one = segment();
    const looked: Output = {
      kind: 'segment',
      segment: {
        ...one.segment, level_dbfs: -33.5,
        cost: { gmacs: 0.37, ms: 24, decode_ms: 8 },
        stages: { audio: { gmacs: 0.07, ms: 4, decode_ms: 0, frames: 0 }, appearance: { gmacs: 0.3, ms: 20, decode_ms: 8, frames: 2 } },
        gate: { appearance: { open: true, reason: 'listed' }, motion: { open: false, reason: 'off' } },
      },
    };
    const shut: Output = { kind: 'segment', segment: { ...looked.segment, cost: { gmacs: 0.07, ms: 4, decode_ms: 0 }, stages: { audio: { gmacs: 0.07, ms: 4, decode_ms: 0, frames: 0 } }, gate: { appearance: { open: false, reason: 'quiet' } } } };
    for (const output of [looked, shut, shut, event('siren', { emit_latency_ms: 1500 })]) server.publish('dock', output);
    const samples = await scrape(call);
    const of = (name: string, labels = ''): number | undefined => samples.get(`hearken_${name}{camera="dock"${labels}}`);
    expect(of('segments_total')).to.equal(3);
    expect(of('macs_total', ',stage="audio"')).to.equal(210e6);
    expect(of('macs_total', ',stage="appearance"')).to.equal(300e6);
    expect([of('stage_seconds_count', ',stage="audio"'), of('stage_seconds_sum', ',stage="appearance"')]).to.deep.equal([3, 0.02]);
    expect(of('stage_seconds_bucket', ',stage="appearance"')).to.equal(undefined);
    expect(samples.get('hearken_stage_seconds_bucket{le="0.02",camera="dock",stage="appearance"}')).to.equal(1);
    expect([of('decode_seconds_total'), of('frames_decoded_total')]).to.deep.equal([0.008, 2]);
    expect(of('gate_opens_total', ',gate="appearance",reason="listed"')).to.equal(1);
    expect(of('gate_suppressions_total', ',gate="appearance",reason="quiet"')).to.equal(2);
    expect(of('gate_suppressions_total', ',gate="motion",reason="off"')).to.equal(1);
    expect(of('audio_dbfs')).to.equal(-33.5);
    expect(of('emit_latency_seconds_sum', ',type="provisional"')).to.equal(1.5);
    expect([...samples.keys()].filter((name) => name.startsWith('process_') || name.startsWith('nodejs_'))).to.have.length.greaterThan(10);
    expect(samples.get('hearken_messages_published_total')).to.equal(4);
  });

  it('tells what gates in the mode shadow would miss and save, also over a camera that is opened anew', async () => {
    const site = new ScriptedSite(report('dock'));
    const server = await stage.server({}, site);
    const one = segment().segment;
    const cost = { gmacs: 0.004, ms: 1, decode_ms: 0 };
    const audited = (sampled: number, missed: readonly string[], own: number): Output => ({ kind: 'segment', segment: {
      ...one, cost, missed,
      so_far: { ...one.so_far, audit: { sampled, missed: missed.length, miss_rate: 0.25, saved_gmacs_share: 0.99, saved_ms_share: 0.9, cost: { gmacs: own, ms: own * 100, decode_ms: own * 50 } } },
    } });
    server.publish('dock', audited(1, [], 0.2));
    // Not audited itself, though the stream was.
    server.publish('dock', { kind: 'segment', segment: { ...one, so_far: (audited(1, [], 0.2) as Output & { kind: 'segment' }).segment.so_far } });
    server.publish('dock', audited(2, ['siren'], 0.6));
    // Opened anew.
    server.publish('dock', audited(1, [], 0.1));
    const samples = await scrape(callTo(server));
    const of = (name: string, labels = ''): number => Number((samples.get(`hearken_audit_${name}{camera="dock"${labels}}`) ?? NaN).toFixed(6));
    expect([of('segments_total'), of('missed_segments_total')]).to.deep.equal([3, 1]);
    expect([of('macs_total', ',gates="enforced"'), of('macs_total', ',gates="open"')]).to.deep.equal([12e6, 712e6]);
    expect([of('seconds_total', ',gates="enforced"'), of('seconds_total', ',gates="open"')]).to.deep.equal([0.003, 0.108]);
    expect([of('miss_ratio'), of('saved_ratio', ',currency="gmacs"'), of('saved_ratio', ',currency="ms"')]).to.deep.equal([0.25, 0.99, 0.9]);
    await site.remove('dock');
    expect([...(await scrape(callTo(server))).keys()].filter((name) => name.startsWith('hearken_audit'))).to.deep.equal([]);
  });

  it('counts a connection made anew, and none where a slow reader only blocked', async () => {
    const server = await stage.server();
    for (const name of ['starting', 'running', 'blocked', 'running', 'stalled', 'starting', 'running', 'stalled', 'running', 'failed'] as const) server.publish('dock', state('dock', name));
    const samples = await scrape(callTo(server));
    expect(samples.get('hearken_reconnects_total{camera="dock"}')).to.equal(2);
    expect(samples.get('hearken_camera_state{camera="dock",state="failed"}')).to.equal(1);
    expect(samples.get('hearken_camera_state{camera="dock",state="running"}')).to.equal(0);
  });

  it('says what the site knows, and forgets a camera that is gone', async () => {
    const site = new ScriptedSite(report('dock'), report('yard'));
    const server = await stage.server({}, site);
    for (const camera of ['dock', 'yard']) for (const output of [segment({ siren: 0.3 }, camera), state(camera, 'running'), event('siren', {}, camera)]) server.publish(camera, output);
    const call = callTo(server);
    const before = await scrape(call);
    expect(before.get('hearken_realtime_debt_seconds{camera="dock"}')).to.equal(0.045);
    expect(before.get('hearken_segments_dropped_total{camera="dock",reason="overtaken"}')).to.equal(2);
    expect(before.get('hearken_gate_blackout{camera="dock",gate="motion"}')).to.equal(1);
    await site.remove('yard');
    const after = await scrape(call);
    expect([...before.keys()].filter((name) => name.includes('yard'))).to.have.length.greaterThan(10);
    expect([...after.keys()].filter((name) => name.includes('yard'))).to.deep.equal([]);
    expect(after.get('hearken_segments_total{camera="dock"}')).to.equal(1);
  });

  it('counts calls by route: what strangers write becomes no label', async () => {
    const server = await stage.server({}, new ScriptedSite(report('dock')));
    const call = callTo(server);
    await call('/api/cameras/dock');
    await call('/api/cameras/attic');
    for (let i = 0; i < 20; i++) await call(`/nothing-${i}`);
    stage.client(server);
    await stage.client(server).hello();
    const samples = await scrape(call);
    expect(samples.get('hearken_http_requests_total{method="GET",path="/api/cameras/{name}",status="200"}')).to.equal(1);
    expect(samples.get('hearken_http_requests_total{method="GET",path="/api/cameras/{name}",status="404"}')).to.equal(1);
    expect(samples.get('hearken_http_requests_total{method="GET",path="none",status="404"}')).to.equal(20);
    expect(samples.get('hearken_clients{transport="ws"}')).to.equal(2);
    expect(samples.get('hearken_clients{transport="sse"}')).to.equal(0);
  });

  it('says nothing twice, and nothing without a type', async () => {
    const text = await (await callTo(await stage.server({}, new ScriptedSite(report('dock'))))('/metrics')).text();
    const names = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name ?? '');
    expect(new Set(names).size).to.equal(names.length);
    for (const name of names.filter((one) => one.startsWith('hearken_') && / counter$/m.test(`${one} ${/counter|gauge|histogram/.exec(text.slice(text.indexOf(`# TYPE ${one} `)))?.[0] ?? ''}`))) expect(name).to.match(/_total$/);
  });
});
