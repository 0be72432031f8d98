/** What a camera answers to a publisher's offer (RFC 9725, section 4.2). */
export interface WhipAnswer {
  /** Names the session in the `Location` header; not to be guessed. */
  readonly id: string;
  /** The ICE session, as the `ETag` header has it (RFC 9725, section 4.3.1). */
  readonly etag: string;
  /** The answer, SDP. */
  readonly sdp: string;
}

/** The way into a camera that is pushed: what stands behind `/whip/{camera}`. Every failure is a Fault. */
export interface WhipDoor {
  /** Takes a publisher's offer. Fault when it is no SDP, when nothing in it can be received, or when somebody publishes already. */
  offer(sdp: string, signal: AbortSignal): Promise<WhipAnswer>;
  /** Takes a fragment of trickled candidates (`application/trickle-ice-sdpfrag`); false when there is no such session. */
  patch(id: string, fragment: string): Promise<boolean>;
  /** Ends a session; false when there is none of that id. */
  end(id: string): Promise<boolean>;
}
