import { expect } from 'chai';
import fc from 'fast-check';
import { FrameAssembler, type RtpPayload } from '../../../src/ingest/webrtc/frames.js';
import { H264Depacketiser, parameterSetsOf } from '../../../src/ingest/webrtc/h264.js';
import { JitterBuffer } from '../../../src/ingest/webrtc/jitter-buffer.js';
import { sizeInSps } from '../../../src/media/sps.js';
import { Vp8Depacketiser } from '../../../src/ingest/webrtc/vp8.js';

/** x264's parameter sets for 160×96 and for 320×180, where cropping and escaping matter. */
const SPS = Buffer.from('6742c00ada0a3684000003000400000300a03c489a80', 'hex');
const SPS_320 = Buffer.from('6742c00cda05067e7840000003004000000c83c50aa8', 'hex');
const PPS = Buffer.from('68ce0fc8', 'hex');
const START = Buffer.from([0, 0, 0, 1]);

/** Fragments of a NAL unit (FU-A). */
const fragments = (nal: Buffer, bytes: number): Buffer[] => {
  const parts: Buffer[] = [];
  for (let at = 1; at < nal.length; at += bytes) {
    const last = at + bytes >= nal.length;
    parts.push(Buffer.concat([Buffer.from([(nal[0]! & 0xe0) | 28, (at === 1 ? 0x80 : 0) | (last ? 0x40 : 0) | (nal[0]! & 0x1f)]), nal.subarray(at, at + bytes)]));
  }
  return parts;
};

/** A picture as it is sent: a key frame with its parameter sets in one aggregate. */
const picture = (index: number, key: boolean): { readonly nals: Buffer[]; readonly payloads: Buffer[] } => {
  const slice = Buffer.concat([Buffer.from([key ? 0x65 : 0x41]), Buffer.alloc(400 + index, index & 0xff)]);
  const lengthOf = (nal: Buffer): Buffer => Buffer.from([nal.length >> 8, nal.length & 0xff]);
  const aggregate = Buffer.concat([Buffer.from([0x78]), lengthOf(SPS), SPS, lengthOf(PPS), PPS]);
  return key ? { nals: [SPS, PPS, slice], payloads: [aggregate, ...fragments(slice, 150)] } : { nals: [slice], payloads: fragments(slice, 150) };
};

const payloadsOf = (index: number, key: boolean): RtpPayload[] => {
  const { payloads } = picture(index, key);
  return payloads.map((payload, i) => ({ timestamp: index * 3000, marker: i === payloads.length - 1, payload }));
};

const annexB = (index: number, key: boolean): Buffer => Buffer.concat(picture(index, key).nals.flatMap((nal) => [START, nal]));

describe('Frames out of RTP', () => {
  it('are H.264 access units, whole, with the size of their key frames', () => {
    const frames = new FrameAssembler(new H264Depacketiser());
    const out = [0, 1, 2].flatMap((index) => payloadsOf(index, index === 0).flatMap((payload) => frames.push(payload, false).frames));
    expect(out.map(({ key, timestamp }) => [key, timestamp])).to.deep.equal([[true, 0], [false, 3000], [false, 6000]]);
    expect(out.map(({ data }) => data.toString('hex'))).to.deep.equal([0, 1, 2].map((index) => annexB(index, index === 0).toString('hex')));
    expect(out[0]?.size).to.deep.equal({ width: 160, height: 96 });
  });

  it('carry parameter sets that came earlier or stood in the offer', () => {
    const fmtp = `packetization-mode=1;sprop-parameter-sets=${SPS_320.toString('base64')},${PPS.toString('base64')}`;
    const slice = Buffer.concat([Buffer.from([0x65]), Buffer.alloc(20, 7)]);
    const [frame] = new FrameAssembler(new H264Depacketiser(parameterSetsOf(fmtp))).push({ timestamp: 0, marker: true, payload: slice }, false).frames;
    expect(frame?.data.toString('hex')).to.equal(Buffer.concat([START, SPS_320, START, PPS, START, slice]).toString('hex'));
    expect(frame?.size).to.deep.equal({ width: 320, height: 180 });
    expect(new FrameAssembler(new H264Depacketiser()).push({ timestamp: 0, marker: true, payload: slice }, false).frames, 'without any it cannot be decoded').to.deep.equal([]);
  });

  it('come out only when whole, and after a loss only from the next key frame on', () => {
    const scenario = fc.record({
      keys: fc.array(fc.boolean(), { minLength: 3, maxLength: 25 }),
      lost: fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 200, maxLength: 200 }),
      first: fc.integer({ min: 0, max: 65_535 }),
    });
    fc.assert(fc.property(scenario, ({ keys, lost, first }) => {
      const packets = keys.flatMap((key, index) => payloadsOf(index, key || index === 0).map((payload, part) => ({ payload, index, part })));
      const arrived = packets.map((packet, i) => ({ ...packet, number: first + i, gone: i > 0 && lost[i % lost.length]! < 8 }));
      const buffer = new JitterBuffer<RtpPayload>({ holdMs: 10, maxPackets: 16 });
      const frames = new FrameAssembler(new H264Depacketiser());
      const out = arrived.filter(({ gone }) => !gone).flatMap(({ payload, number }, i) =>
        [...buffer.push(number & 0xffff, payload, i), ...buffer.expire(i)].flatMap(({ packet, lostBefore }) => frames.push(packet, lostBefore > 0).frames));
      // What must come: whole frames whose whole chain back to a key frame came, and nothing else.
      let decodable = false;
      const damaged = new Set(arrived.filter(({ gone }) => gone).map(({ index }) => index));
      const expected = keys.flatMap((key, index) => {
        decodable = !damaged.has(index) && (decodable || key || index === 0);
        return decodable ? [index] : [];
      });
      const got = out.map(({ timestamp }) => timestamp / 3000);
      for (const index of got) expect(expected, `picture ${index}`).to.include(index);
      for (const { data, timestamp, key } of out) expect(data.equals(annexB(timestamp / 3000, key))).to.equal(true);
      // Packets at the very end may still wait behind a gap; up to the first loss everything comes.
      const firstDamaged = Math.min(keys.length, ...damaged);
      expect(got.filter((index) => index < firstDamaged)).to.deep.equal(expected.filter((index) => index < firstDamaged));
    }));
  });

  it('are VP8 frames, with descriptors of every length', () => {
    const key = Buffer.from([0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01, 1, 2, 3]);
    const descriptors = (begins: boolean): Buffer[] => [[0x00], [0x80, 0x80, 0x11], [0x80, 0x80, 0x91, 0x22], [0x80, 0xf0, 0x91, 0x22, 0x33, 0x44]]
      .map(([first = 0, ...rest]) => Buffer.from([first | (begins ? 0x10 : 0), ...rest]));
    for (let i = 0; i < 4; i += 1) {
      const frames = new FrameAssembler(new Vp8Depacketiser());
      expect(frames.push({ timestamp: 9, marker: false, payload: Buffer.concat([descriptors(true)[i]!, key.subarray(0, 11)]) }, false).frames).to.deep.equal([]);
      const [frame] = frames.push({ timestamp: 9, marker: true, payload: Buffer.concat([descriptors(false)[i]!, key.subarray(11)]) }, false).frames;
      expect(frame?.data.equals(key)).to.equal(true);
      expect([frame?.key, frame?.size]).to.deep.equal([true, { width: 640, height: 360 }]);
    }
  });

  it('never throw, whatever comes', () => {
    const payload = fc.uint8Array({ maxLength: 60 });
    fc.assert(fc.property(fc.array(fc.record({ payload, timestamp: fc.integer({ min: 0, max: 3 }), marker: fc.boolean(), lost: fc.boolean() }), { maxLength: 60 }), (packets) => {
      for (const assembler of [new FrameAssembler(new H264Depacketiser()), new FrameAssembler(new Vp8Depacketiser())]) {
        for (const { lost, ...packet } of packets) assembler.push({ ...packet, payload: Buffer.from(packet.payload) }, lost);
      }
      for (const { payload: bytes } of packets) sizeInSps(Buffer.from(bytes));
    }));
  });

  it('ignore empty packets, with which browsers probe for bandwidth', () => {
    const frames = new FrameAssembler(new H264Depacketiser());
    const [first, ...rest] = payloadsOf(0, true);
    frames.push(first!, false);
    frames.push({ timestamp: 0, marker: false, payload: Buffer.alloc(0) }, false);
    expect(rest.flatMap((payload) => frames.push(payload, false).frames)).to.have.lengthOf(1);
  });
});
