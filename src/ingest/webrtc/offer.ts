/** What a publisher offers, read and trimmed to what can be received. Pure: SDP in (RFC 8866, RFC 8829), SDP out. */
import { isIP } from 'node:net';
import type { WhipRefusal } from './whip-door.js';

/** The codecs that are taken. */
export type OfferedCodec = 'opus' | 'h264' | 'vp8';

/** One track of an offer. */
export interface OfferedTrack {
  readonly kind: 'audio' | 'video';
  readonly codec: OfferedCodec;
  readonly payloadType: number;
  /** The codec's `fmtp`, empty when there is none. */
  readonly fmtp: string;
}

/** An offer that can be answered. */
export interface Offer {
  readonly refused?: never;
  /** The offer with one codec a track, without simulcast, without candidates that are not to be tried. */
  readonly sdp: string;
  readonly audio?: OfferedTrack;
  readonly video?: OfferedTrack;
}

interface Section {
  readonly kind: string;
  readonly lines: readonly string[];
}

/** Candidates taken from one offer or fragment: each costs connectivity checks. */
export const MOST_CANDIDATES = 24;
/** Lines in an offer; a browser's has a few hundred. */
const MOST_LINES = 2_000;

const refuse = (refused: WhipRefusal['refused'], sentence: string): WhipRefusal => ({ refused, sentence });

/**
 * Whether a candidate is tried: UDP to an address. Names (mDNS too) are not looked up, since the publisher comes to us anyway
 * and is recognised when it does; TCP candidates of publishers are of no use to a server.
 */
export const isUsableCandidate = (candidate: string): boolean => {
  const [, , transport, , address, port] = candidate.trim().split(/\s+/);
  return transport?.toLowerCase() === 'udp' && isIP(address ?? '') !== 0 && Number(port) > 0 && Number(port) < 65_536;
};

const attribute = (lines: readonly string[], name: string): string | undefined =>
  lines.find((line) => line === `a=${name}` || line.startsWith(`a=${name}:`))?.slice(name.length + 3);

const sectionsOf = (lines: readonly string[]): { readonly session: readonly string[]; readonly sections: readonly Section[] } => {
  const starts = lines.flatMap((line, i) => (line.startsWith('m=') ? [i] : []));
  return {
    session: lines.slice(0, starts[0]),
    sections: starts.map((start, i) => ({ kind: lines[start]?.slice(2).split(' ', 1)[0] ?? '', lines: lines.slice(start, starts[i + 1]) })),
  };
};

const CODECS: readonly { readonly codec: OfferedCodec; readonly kind: string; readonly pattern: RegExp }[] = [
  { codec: 'opus', kind: 'audio', pattern: /^opus\/48000\/2$/i },
  { codec: 'h264', kind: 'video', pattern: /^h264\/90000$/i },
  { codec: 'vp8', kind: 'video', pattern: /^vp8\/90000$/i },
];

/** The first codec, in the publisher's order, that can be received. */
const codecOf = ({ kind, lines }: Section): OfferedTrack | undefined => {
  for (const payloadType of lines[0]?.split(' ').slice(3) ?? []) {
    const name = lines.find((line) => line.startsWith(`a=rtpmap:${payloadType} `))?.split(' ')[1] ?? '';
    const found = CODECS.find((codec) => codec.kind === kind && codec.pattern.test(name));
    const fmtp = lines.find((line) => line.startsWith(`a=fmtp:${payloadType} `))?.split(' ').slice(1).join(' ') ?? '';
    // Interleaved H.264 (mode 2) is nobody's.
    if (found !== undefined && !fmtp.includes('packetization-mode=2')) {
      return { kind: found.kind as OfferedTrack['kind'], codec: found.codec, payloadType: Number(payloadType), fmtp };
    }
  }
  return undefined;
};

const PER_PAYLOAD = /^a=(?:rtpmap|fmtp|rtcp-fb):(\d+) /;
/** Layers of one picture, repair streams that are not taken, and what belongs to them; retransmissions come on the stream itself. */
const LEFT_OUT = /^a=(?:simulcast|rid|ssrc-group):/;

/**
 * The first line of a section with one payload type. With `max-bundle` GStreamer writes port 0 for all sections but the first,
 * and `a=bundle-only` (RFC 8843, section 6): that is no refusal, for which werift takes it.
 */
const firstLine = (lines: readonly string[], payloadType: number): string => {
  const [kind, port, protocol] = lines[0]?.split(' ') ?? [];
  return [kind, port === '0' && lines.includes('a=bundle-only') ? '9' : port, protocol, payloadType].join(' ');
};

/** Leaves one codec and no layers: the publisher then sends one stream, retransmits on it, and adds no FEC or RED. */
const trim = ({ lines }: Section, { payloadType }: OfferedTrack): string[] => {
  let candidates = 0;
  return lines.flatMap((line, i) => {
    if (i === 0) return [firstLine(lines, payloadType)];
    const of = PER_PAYLOAD.exec(line)?.[1];
    if ((of !== undefined && Number(of) !== payloadType) || LEFT_OUT.test(line)) return [];
    if (!line.startsWith('a=candidate:')) return [line];
    candidates += 1;
    return candidates <= MOST_CANDIDATES && isUsableCandidate(line) ? [line] : [];
  });
};

/** What is wrong with the transport of a section, if anything. */
const transportRefusal = (session: readonly string[], section: Section): WhipRefusal | undefined => {
  const lines = [...section.lines, ...session];
  const missing = ['ice-ufrag', 'ice-pwd', 'fingerprint'].find((name) => (attribute(lines, name) ?? '') === '');
  if (missing !== undefined) return refuse('unprocessable', `The offer has no a=${missing}: only WebRTC (ICE and DTLS) is taken here.`);
  if (attribute(section.lines, 'rtcp-mux') === undefined) return refuse('unprocessable', 'The offer has no a=rtcp-mux, without which nothing is received here.');
  const direction = ['sendrecv', 'sendonly', 'recvonly', 'inactive'].find((name) => lines.includes(`a=${name}`));
  if (direction === 'recvonly' || direction === 'inactive') return refuse('unprocessable', `The ${section.kind} of the offer is a=${direction}; a publisher sends. Make it a=sendonly.`);
  return undefined;
};

const countRefusal = (sections: readonly Section[]): WhipRefusal | undefined => {
  if (sections.length === 0) return refuse('malformed', 'The offer names neither sound nor pictures: it has no m= line.');
  const other = sections.find(({ kind }) => kind !== 'audio' && kind !== 'video');
  if (other !== undefined) return refuse('not-acceptable', `The offer has a section of kind "${other.kind.slice(0, 20)}"; only audio and video are taken.`);
  for (const kind of ['audio', 'video']) {
    if (sections.filter((section) => section.kind === kind).length > 1) return refuse('not-acceptable', `The offer has more than one ${kind} track; one camera takes one.`);
  }
  return undefined;
};

/** Whether all sections share one transport, as RFC 9725, section 4.4, asks of publishers (`max-bundle`). */
const isBundled = (session: readonly string[], sections: readonly Section[]): boolean => {
  const bundled = (attribute(session, 'group') ?? '').split(' ');
  return sections.length < 2 || (bundled[0] === 'BUNDLE' && sections.every(({ lines }) => bundled.includes(attribute(lines, 'mid') ?? '?')));
};

/** Reads an offer: what can be received of it, or why nothing can. */
export const readOffer = (text: string): Offer | WhipRefusal => {
  const lines = text.split(/\r\n|\n/).filter((line) => line !== '');
  if (lines[0] !== 'v=0' || lines.length > MOST_LINES || !lines.every((line) => /^[a-z]=/.test(line))) {
    return refuse('malformed', 'This is no SDP. Send the offer of an RTCPeerConnection as it is.');
  }
  const { session, sections } = sectionsOf(lines);
  const refusal = countRefusal(sections) ?? sections.map((section) => transportRefusal(session, section)).find((found) => found !== undefined);
  if (refusal !== undefined) return refusal;
  if (!isBundled(session, sections)) return refuse('unprocessable', 'Sound and pictures of the offer are not bundled. Use bundlePolicy "max-bundle".');
  const tracks = sections.map(codecOf);
  const without = sections[tracks.indexOf(undefined)];
  if (without !== undefined) {
    return refuse('not-acceptable', without.kind === 'audio' ? 'The offer has no Opus, which is the only sound taken here.' : 'The offer has neither H.264 nor VP8, which are the pictures taken here.');
  }
  const known = tracks.flatMap((track) => track ?? []);
  const audio = known.find(({ kind }) => kind === 'audio');
  const video = known.find(({ kind }) => kind === 'video');
  const trimmed = sections.flatMap((section, i) => {
    const track = tracks[i];
    return track === undefined ? [] : trim(section, track);
  });
  return { sdp: [...session, ...trimmed, ''].join('\r\n'), ...(audio === undefined ? {} : { audio }), ...(video === undefined ? {} : { video }) };
};

/** Trickled candidates (RFC 8840, section 9). */
export interface Fragment {
  readonly refused?: never;
  readonly ufrag: string | undefined;
  readonly pwd: string | undefined;
  /** Values of `a=candidate`, those that are to be tried. */
  readonly candidates: readonly string[];
  readonly complete: boolean;
}

/** Reads a fragment; a refusal when it is none. */
export const readFragment = (text: string): Fragment | WhipRefusal => {
  const lines = text.split(/\r\n|\n/).filter((line) => line !== '');
  if (lines.length === 0 || lines.length > MOST_LINES || !lines.every((line) => /^[a-z]=/.test(line))) {
    return refuse('malformed', 'This is no SDP fragment. Send a=ice-ufrag, a=ice-pwd and a=candidate lines.');
  }
  const candidates = lines.filter((line) => line.startsWith('a=candidate:')).map((line) => line.slice(2));
  return {
    ufrag: attribute(lines, 'ice-ufrag'),
    pwd: attribute(lines, 'ice-pwd'),
    candidates: candidates.filter(isUsableCandidate).slice(0, MOST_CANDIDATES),
    complete: lines.includes('a=end-of-candidates'),
  };
};
