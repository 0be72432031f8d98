import { expect } from 'chai';
import fc from 'fast-check';
import { RequestReader, isAllowed } from '../../../tools/rtsp/requests.js';
import { rtpPacket, senderReport, type RtpStream } from '../../../tools/rtsp/rtp.js';
import { payloadsOfNal } from '../../../tools/rtsp/tracks.js';

/** What a receiver makes of the payloads of one NAL unit (RFC 6184, 5.6 and 5.8). */
const reassembled = (payloads: readonly Buffer[]): Buffer => {
  const [first] = payloads;
  if (first === undefined || (first[0]! & 31) !== 28) return first ?? Buffer.alloc(0);
  return Buffer.concat([Buffer.of((first[0]! & 0xe0) | (first[1]! & 31)), ...payloads.map((payload) => payload.subarray(2))]);
};

describe('payloadsOfNal', () => {
  it('gives fragments that fit a packet and become the NAL unit again', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 6_000 }), fc.integer({ min: 1, max: 23 }), (length, type) => {
      const nal = Buffer.from(Array.from({ length }, (_, i) => i & 255));
      nal[0] = 0x60 | type;
      const payloads = payloadsOfNal(nal);
      expect(payloads.every((payload) => payload.length <= 1_200)).to.equal(true);
      expect(reassembled(payloads).equals(nal)).to.equal(true);
      if (payloads.length > 1) {
        expect(payloads.map((payload) => payload[1]! >> 6)).to.deep.equal(payloads.map((_, i) => (i === 0 ? 2 : i === payloads.length - 1 ? 1 : 0)));
      }
    }));
  });
});

describe('rtpPacket', () => {
  it('counts on, and wraps sequence number and timestamp', () => {
    const stream: RtpStream = { ssrc: 7, payloadType: 96, sequence: 65_535, packets: 0, octets: 0 };
    const [first, second] = [rtpPacket(stream, 2 ** 32 - 1, false, Buffer.from('ab')), rtpPacket(stream, 2 ** 32 + 2, true, Buffer.from('c'))];
    expect([first[0], first[1], first.readUInt16BE(2), first.readUInt32BE(4), first.readUInt32BE(8)]).to.deep.equal([0x80, 96, 65_535, 2 ** 32 - 1, 7]);
    expect([second[1], second.readUInt16BE(2), second.readUInt32BE(4)]).to.deep.equal([0x80 | 96, 0, 2]);
    expect(stream).to.include({ packets: 2, octets: 3 });
  });

  it('is reported: what the wall clock and the stream\'s clock show at one moment', () => {
    const report = senderReport({ ssrc: 7, payloadType: 96, sequence: 0, packets: 3, octets: 50 }, 1_500, 90_000);
    expect(report.length % 4).to.equal(0);
    expect([report[1], report.readUInt32BE(4), report.readUInt32BE(8), report.readUInt32BE(12), report.readUInt32BE(16), report.readUInt32BE(20), report.readUInt32BE(24)])
      .to.deep.equal([200, 7, 2_208_988_801, 2 ** 31, 90_000, 3, 50]);
  });
});

describe('RequestReader', () => {
  it('finds requests however they are cut, and passes over interleaved packets', () => {
    const bytes = Buffer.concat([
      Buffer.from('OPTIONS rtsp://h/live RTSP/1.0\r\nCSeq: 1\r\n\r\n'), Buffer.of(0x24, 1, 0, 3, 1, 2, 3),
      Buffer.from('SET_PARAMETER rtsp://h/live RTSP/1.0\r\nCSeq: 2\r\nContent-Length: 5\r\n\r\nab\r\ncPLAY rtsp://h/live RTSP/1.0\r\nCSeq: 3\r\n\r\n'),
    ]);
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (lengths) => {
      const reader = new RequestReader();
      const methods: string[] = [];
      for (let at = 0, i = 0; at < bytes.length; i += 1) {
        const end = at + lengths[i % lengths.length]!;
        methods.push(...reader.push(bytes.subarray(at, end)).map(({ method, headers }) => `${method} ${headers.get('cseq') ?? ''}`));
        at = end;
      }
      expect(methods).to.deep.equal(['OPTIONS 1', 'SET_PARAMETER 2', 'PLAY 3']);
    }));
  });
});

describe('isAllowed', () => {
  it('checks a digest against values computed elsewhere', () => {
    // Computed with md5sum: HA1 of u:hearken:p, HA2 of PLAY:rtsp://h/live, and the nonce of the server.
    const credentials = { user: 'u', password: 'p', scheme: 'digest' } as const;
    const request = (response: string) => ({ method: 'PLAY', url: 'rtsp://h/live', headers: new Map([['authorization', `Digest username="u", realm="hearken", nonce="b7d4f0c1", uri="rtsp://h/live", response="${response}"`]]) });
    expect(isAllowed(credentials, request('e8293476714bfd85cfb159da934a4574'))).to.equal(true);
    expect(isAllowed(credentials, request('0'.repeat(32)))).to.equal(false);
  });
});
