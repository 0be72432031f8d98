export type { WhipAnswer, WhipDone, WhipDoor, WhipReason, WhipRefusal } from '../ingest/webrtc/whip-door.js';
