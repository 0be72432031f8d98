/** RTP packets and sender reports (RFC 3550). */

/** Seconds from 1900, NTP's origin, to 1970. */
const NTP_OFFSET_S = 2_208_988_800;

/** What an RTP stream has sent so far. */
export interface RtpStream {
  readonly ssrc: number;
  readonly payloadType: number;
  sequence: number;
  packets: number;
  octets: number;
}

/** The next packet of a stream (RFC 3550, 5.1); counts it. The timestamp wraps at 32 bits. */
export const rtpPacket = (stream: RtpStream, timestamp: number, marker: boolean, payload: Buffer): Buffer => {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = (marker ? 0x80 : 0) | stream.payloadType;
  header.writeUInt16BE(stream.sequence & 0xffff, 2);
  header.writeUInt32BE(wrapped(timestamp), 4);
  header.writeUInt32BE(stream.ssrc, 8);
  stream.sequence += 1;
  stream.packets += 1;
  stream.octets += payload.length;
  return Buffer.concat([header, payload]);
};

/** A timestamp as the 32 bits that are sent. */
export const wrapped = (timestamp: number): number => Number(BigInt.asUintN(32, BigInt(Math.round(timestamp))));

/** A sender report with a name (RFC 3550, 6.4.1 and 6.5): at this moment of the wall clock [ms] the stream's clock shows this. */
export const senderReport = (stream: RtpStream, epochMs: number, timestamp: number): Buffer => {
  const seconds = epochMs / 1000 + NTP_OFFSET_S;
  const report = Buffer.alloc(28);
  report.writeUInt32BE(0x80c8_0006, 0);
  report.writeUInt32BE(stream.ssrc, 4);
  report.writeUInt32BE(Math.floor(seconds), 8);
  report.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32), 12);
  report.writeUInt32BE(wrapped(timestamp), 16);
  report.writeUInt32BE(stream.packets, 20);
  report.writeUInt32BE(stream.octets, 24);
  const name = Buffer.alloc(20);
  name.writeUInt32BE(0x81ca_0004, 0);
  name.writeUInt32BE(stream.ssrc, 4);
  name.set([1, 7, ...Buffer.from('hearken')], 8);
  return Buffer.concat([report, name]);
};
