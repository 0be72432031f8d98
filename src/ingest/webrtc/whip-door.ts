/** The agreement between the HTTP side of WHIP (RFC 9725) and the camera that is published to. Nothing here knows HTTP or WebRTC. */

/** What a camera answers to a publisher's offer (RFC 9725, section 4.2). */
export interface WhipAnswer {
  readonly refused?: never;
  /** Names the session in the `Location` header; not to be guessed. */
  readonly id: string;
  /** Names the ICE session, as the `ETag` header has it, without quotes (RFC 9725, section 4.3.1). */
  readonly etag: string;
  /** The answer, SDP. */
  readonly sdp: string;
}

/**
 * Why a publisher is refused. `malformed`: no SDP. `unprocessable`: SDP that asks for what a publisher cannot have.
 * `not-acceptable`: no codec, or more tracks, than can be received. `busy`: somebody publishes already.
 * `not-ready`: the camera is just being started; the same request may succeed in a moment. `no-session`: none of that id.
 * `unconditional`: a fragment that does not say which ICE session it means. `stale`: it means another one.
 */
export type WhipReason =
  | 'malformed' | 'unprocessable' | 'not-acceptable' | 'busy' | 'not-ready' | 'no-session' | 'unconditional' | 'stale';

/** A refusal, in words for people. */
export interface WhipRefusal {
  readonly refused: WhipReason;
  /** One or two sentences: the cause and the remedy. */
  readonly sentence: string;
  /** When the same request may succeed [s]. */
  readonly retryAfterS?: number;
}

/** Success that has nothing to say. */
export interface WhipDone {
  readonly refused?: never;
}

/** A STUN or TURN server that publishers may use. */
export interface WhipIceServer {
  /** Such as `stun:stun.example.net` or `turn:turn.example.net?transport=udp`. */
  readonly url: string;
  readonly username?: string | undefined;
  readonly credential?: string | undefined;
}

/** The way into a camera that is pushed: what stands behind `/whip/{camera}`. Refusals are answers; nothing rejects. */
export interface WhipDoor {
  /** What publishers may use to reach it. Default none: nothing leaves the network. */
  readonly iceServers?: readonly WhipIceServer[];
  /**
   * Takes a publisher's offer. The session that it begins outlives the request.
   * @param sdp as it came
   * @param signal the client has gone: an answer that is not out yet is given up, with its session
   */
  offer(sdp: string, signal: AbortSignal): Promise<WhipAnswer | WhipRefusal>;
  /**
   * Takes trickled candidates (`application/trickle-ice-sdpfrag`, RFC 8840).
   * @param id of the session
   * @param fragment as it came
   * @param ifMatch the `If-Match` header; undefined when there is none
   */
  patch(id: string, fragment: string, ifMatch: string | undefined): Promise<WhipDone | WhipRefusal>;
  /** Ends a session; false when there is none of that id. */
  end(id: string): Promise<boolean>;
}
