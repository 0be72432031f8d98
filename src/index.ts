/**
 * Hearken as a library: the operators and the rooms they live in. The sentence that joins them is
 * `hearken/recognise`; README.md shows it at work.
 */
export { FAULT_KINDS, Fault, asFault, type FaultKind, type Room } from './faults.js';
export { MediaHost } from './media/host.js';
export { SAMPLE_RATE_HZ, type AudioChunk, type ClipAnswer, type ClipRequest, type DecodeCost, type FrameAnswer, type FrameRequest, type LazyVideo, type MediaInfo, type Picture, type SourceState, type VideoProgress } from './media/types.js';
export { readProfile, type Profile } from './settings/profile.js';
export { type PackManifest, type SenseManifest, type SenseName } from './inference/manifest.js';
export { importModel } from './inference/import-model.js';
export { loadPack } from './inference/pack.js';
export { pullPack } from './inference/pull-pack.js';
export { type Pack, type Session, type Tensor } from './inference/types.js';
export { open, type OpenContext } from './ingest/open.js';
export { type SourceAddress } from './ingest/sources.js';
export { type Opened, type SourceEvent, type StateChanged } from './ingest/types.js';
export { segmentEvery } from './segment/segment-every.js';
export { segmentSpec, type SegmentSpec } from './segment/spec.js';
export { type Segment } from './segment/types.js';
export { createHear, type Hear } from './sense/hear.js';
export { createLogMel } from './sense/log-mel.js';
export { createSee, type Look } from './sense/see.js';
export { createWatch } from './sense/watch.js';
export { type Cost, type Evidence, type GateDecision, type NoReading, type Reading } from './sense/types.js';
export { audited, ungated, type AuditNow, type AuditOptions } from './policy/audit.js';
export { causalScan } from './policy/causal-scan.js';
export { fusion } from './policy/fusion.js';
export { createHms, type Hms, type HmsOptions } from './policy/hms/hms.js';
export { type HmsNet } from './policy/hms/net.js';
export { thresholdGate } from './policy/threshold-gate.js';
export { through } from './policy/through.js';
export { type Audit, type Belief, type Gate, type Known, type Memory, type Policy, type Step, type Verdict } from './policy/types.js';
export { granted, heardWithin, type BudgetNow } from './budget/granted.js';
export { RecordingBudget, type RecordingBudgetOptions } from './budget/recording-budget.js';
export { settle } from './budget/settle.js';
export { SiteBudget } from './budget/site-budget.js';
export { type StepBudget } from './budget/types.js';
export { type AnswerSpec } from './emit/answer.js';
export { answerEarly } from './emit/answer-early.js';
export { emitEarly } from './emit/emit-early.js';
export { type AnswerMessage, type EventMessage, type GateMessage, type Output, type SegmentMessage, type StateMessage } from './emit/types.js';
export { hearkenClient } from './serve/client.js';
export { type Site } from './serve/site.js';
export { verifyDelivery, type Delivery } from './serve/webhooks/sign.js';
export { startServer, type Server } from './serve/server.js';
