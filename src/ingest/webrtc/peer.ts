/** The one door to werift: answers a publisher's offer and hands out what it sends, as packets and reports. Nothing is decoded here. */
import {
  GenericNack, MediaStreamTrack, RTCPeerConnection, RTCRtpCodecParameters, RtcpSrPacket, RtcpTransportLayerFeedback,
  useAbsSendTime, useNACK, usePLI, useREMB, useSdesMid, useTWCC, useTransportWideCC,
  type RTCRtpReceiver, type RTCRtpTransceiver, type RtpPacket,
} from 'werift';
import { withoutConsent } from './consent.js';
import type { Offer, OfferedTrack } from './offer.js';

/** One RTP packet of a track. */
export interface PeerPacket {
  readonly kind: 'audio' | 'video';
  readonly ssrc: number;
  /** 16 bits that wrap. */
  readonly sequence: number;
  /** 32 bits that wrap. */
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Buffer;
}

/** What a publisher does. */
export interface PeerEvents {
  packet(packet: PeerPacket): void;
  /** A sender report: at this NTP time (32.32 bits) the track's clock showed this timestamp. */
  report(kind: 'audio' | 'video', ntp: bigint, timestamp: number): void;
  connected(): void;
  /** The transport is gone and does not come back. */
  gone(): void;
}

/** How the publisher reaches this machine. */
export interface PeerOptions {
  /** Addresses offered beside those of the network interfaces. Default loopback, for publishers on this machine. */
  readonly hosts?: readonly string[];
  /** UDP ports that are used; default any. */
  readonly ports?: readonly [number, number];
}

/** Room in the kernel for packets that were not read yet [bytes]: seconds of what a browser sends. */
const RECEIVE_BYTES = 4 * 2 ** 20;

/** Streams that an offer did not name, over the whole session: a browser may change its own now and then. */
const MOST_ADOPTED = 64;

const feedback = { video: [useNACK(), usePLI(), useREMB(), useTWCC()], audio: [useTWCC()] };

const codecOf = ({ kind, codec, payloadType, fmtp }: OfferedTrack): RTCRtpCodecParameters => new RTCRtpCodecParameters({
  mimeType: codec === 'opus' ? 'audio/opus' : codec === 'h264' ? 'video/H264' : 'video/VP8',
  clockRate: kind === 'audio' ? 48_000 : 90_000,
  ...(kind === 'audio' ? { channels: 2 } : {}),
  payloadType,
  rtcpFeedback: feedback[kind],
  ...(fmtp === '' ? {} : { parameters: fmtp }),
});

/**
 * werift's own requests for retransmission are turned off: they stop for good when a packet is lost where the sequence
 * numbers wrap, and know nothing of what is still worth having. The jitter buffer asks instead.
 */
const silenceNack = (receiver: RTCRtpReceiver): void => {
  (receiver as unknown as { readonly nack?: { close?(): void } }).nack?.close?.();
};

/** A publisher's WebRTC connection, from its answer on. */
export class Peer {
  readonly #connection: RTCPeerConnection;
  readonly #events: PeerEvents;
  /** The stream that each track sends now. */
  readonly #ssrc: { audio?: number; video?: number } = {};
  /** Each track has one payload type of its own. */
  readonly #kinds = new Map<number, 'audio' | 'video'>();
  #adopted = 0;
  #closed = false;

  /**
   * @param offer what is received
   * @param events who hears of it
   * @param options how it is reached
   */
  constructor({ audio, video }: Offer, events: PeerEvents, { hosts = ['127.0.0.1'], ports }: PeerOptions = {}) {
    this.#events = events;
    for (const track of [audio, video]) if (track !== undefined) this.#kinds.set(track.payloadType, track.kind);
    this.#connection = new RTCPeerConnection({
      // Never asked, see answer(); werift falls back to a foreign server when the list is empty.
      iceServers: [{ urls: 'stun:127.0.0.1:9' }],
      iceUseIpv6: false,
      iceUseTcp: false,
      iceAdditionalHostAddresses: [...hosts],
      ...(ports === undefined ? {} : { icePortRange: [...ports] }),
      bundlePolicy: 'max-bundle',
      codecs: { audio: audio === undefined ? [] : [codecOf(audio)], video: video === undefined ? [] : [codecOf(video)] },
      headerExtensions: { audio: [useSdesMid(), useAbsSendTime(), useTransportWideCC()], video: [useSdesMid(), useAbsSendTime(), useTransportWideCC()] },
    });
    this.#connection.onTransceiverAdded.subscribe((transceiver) => {
      this.#receive(transceiver);
    });
    this.#connection.connectionStateChange.subscribe((state) => {
      if (state === 'connected') events.connected();
      else if (state === 'failed' || state === 'closed') this.#gone();
    });
  }

  /**
   * The answer, all candidates of this machine in it. Rejects when the offer cannot be answered.
   * @param sdp the offer, trimmed
   */
  async answer(sdp: string): Promise<string> {
    await this.#connection.setRemoteDescription({ type: 'offer', sdp });
    for (const transceiver of this.#connection.getTransceivers()) transceiver.setDirection('recvonly');
    for (const transport of this.#connection.dtlsTransports) {
      transport.onRtp.subscribe((packet) => {
        this.#adopt(packet);
      });
    }
    // No STUN server is asked: not a foreign one, and not for addresses that the network interfaces tell.
    for (const { connection } of this.#connection.iceTransports) delete connection.stunServer;
    for (const transport of this.#connection.iceTransports) withoutConsent(transport);
    await this.#connection.setLocalDescription(await this.#connection.createAnswer());
    this.#widen();
    return this.#connection.localDescription?.sdp ?? '';
  }

  /** A busy machine reads late; what comes meanwhile waits in the kernel, as far as it allows. */
  #widen(): void {
    for (const { connection } of this.#connection.iceTransports) {
      const { protocols = [] } = connection as unknown as { readonly protocols?: readonly { readonly transport?: { readonly socket?: { setRecvBufferSize?(bytes: number): void } } }[] };
      for (const { transport } of protocols) {
        try {
          transport?.socket?.setRecvBufferSize?.(RECEIVE_BYTES);
        } catch {
          // Less is what there was before.
        }
      }
    }
  }

  /** Tries one more of the publisher's candidates. */
  async candidate(candidate: string): Promise<void> {
    await this.#connection.addIceCandidate({ candidate, sdpMLineIndex: 0 });
  }

  /** Asks for a key frame (PLI, RFC 4585, section 6.3.1). */
  askKeyFrame(): void {
    const ssrc = this.#ssrc.video;
    const receiver = this.#receiver('video');
    // A packet that cannot be sent is one that was lost.
    if (ssrc !== undefined) receiver?.sendRtcpPLI(ssrc).catch(() => undefined);
  }

  /** Asks for packets of the pictures again (generic NACK, RFC 4585, section 6.2.1). */
  askAgain(sequences: readonly number[]): void {
    const ssrc = this.#ssrc.video;
    const receiver = this.#receiver('video');
    if (ssrc === undefined || receiver === undefined) return;
    const nack = new GenericNack({ senderSsrc: receiver.rtcpSsrc, mediaSourceSsrc: ssrc, lost: [...sequences] });
    receiver.dtlsTransport.sendRtcp([new RtcpTransportLayerFeedback({ feedback: nack })]).catch(() => undefined);
  }

  /** Ends the connection. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#connection.close();
  }

  #receiver(kind: 'audio' | 'video'): RTCRtpReceiver | undefined {
    return this.#connection.getTransceivers().find((transceiver) => transceiver.kind === kind)?.receiver;
  }

  /**
   * werift knows a stream by the SSRC that the offer names, and offers need not name any (RFC 9429, section 5.2.1). The payload
   * type tells as well, since there is one a track (RFC 9143, section 9.2).
   */
  #adopt(packet: RtpPacket): void {
    const { ssrc, payloadType } = packet.header;
    const transceiver = this.#connection.getTransceivers().find(({ kind }) => kind === this.#kinds.get(payloadType));
    if (transceiver === undefined || transceiver.receiver.trackBySSRC[ssrc] !== undefined || this.#adopted === MOST_ADOPTED) return;
    this.#adopted += 1;
    const { router } = this.#connection as unknown as { readonly router?: { registerRtpReceiver?(receiver: RTCRtpReceiver, ssrc: number): void } };
    transceiver.addTrack(new MediaStreamTrack({ ssrc, kind: transceiver.kind, remote: true }));
    router?.registerRtpReceiver?.(transceiver.receiver, ssrc);
    transceiver.receiver.handleRtpBySsrc(packet, {});
  }

  #gone(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#events.gone();
  }

  #receive({ receiver, onTrack }: RTCRtpTransceiver): void {
    const kind = receiver.kind === 'audio' ? 'audio' : 'video';
    silenceNack(receiver);
    onTrack.subscribe((track) => {
      track.onReceiveRtp.subscribe(({ header, payload }) => {
        this.#ssrc[kind] = header.ssrc;
        this.#events.packet({ kind, ssrc: header.ssrc, sequence: header.sequenceNumber, timestamp: header.timestamp, marker: header.marker, payload });
      });
    });
    receiver.onRtcp.subscribe((packet) => {
      if (packet instanceof RtcpSrPacket && packet.ssrc === this.#ssrc[kind]) this.#events.report(kind, packet.senderInfo.ntpTimestamp, packet.senderInfo.rtpTimestamp);
    });
  }
}
