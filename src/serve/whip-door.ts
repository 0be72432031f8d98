export type { WhipAnswer, WhipDone, WhipDoor, WhipIceServer, WhipReason, WhipRefusal } from '../ingest/webrtc/whip-door.js';
