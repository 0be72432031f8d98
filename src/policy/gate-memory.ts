/** What gates of every kind remember, and the look that is due by the clock. */
import type { SenseName } from '../inference/manifest.js';
import type { Evidence, GateDecision, GateReason } from '../sense/types.js';
import type { GateSettings } from '../settings/profile.js';
import type { GateMemory, Memory } from './types.js';

/** What a gate remembers before its first segment, and again in each new era. */
export const SHUT: GateMemory = { openedUs: null, missed: false, heldSinceUs: null, closedUs: null };

/** The decision that a gate stays shut, and why. */
export const shut = (reason: GateReason, detail?: string): GateDecision => ({ open: false, reason, ...(detail === undefined ? {} : { detail }) });
/** The decision that a gate opens, and why. */
export const open = (reason: GateReason, detail: string): GateDecision => ({ open: true, reason, detail });

/** What a gate remembers of this era. */
export const ownMemory = (memory: Memory, evidence: Evidence, sense: SenseName): GateMemory =>
  (memory.era === evidence.era ? memory.gates[sense] : undefined) ?? SHUT;

/** A look that is due although nothing calls for it; the first segment of an era is one too. */
export const heartbeat = ({ openedUs, missed }: GateMemory, nowUs: number, settings: Pick<GateSettings, 'heartbeatS' | 'cooldownS'>): GateDecision | undefined => {
  if (settings.heartbeatS === null) return undefined;
  if (openedUs === null) return open('heartbeat', 'the first look');
  const sinceS = (nowUs - openedUs) / 1e6;
  const dueS = missed ? Math.min(settings.heartbeatS, settings.cooldownS) : settings.heartbeatS;
  return sinceS >= dueS ? open('heartbeat', `${sinceS.toFixed(1)} s since the last look`) : undefined;
};

/** What the gate remembers of a decision, its own or one that was taken over its head (such as a refusal). */
const after = (past: GateMemory, decision: GateDecision, answered: boolean, nowUs: number): GateMemory => {
  const holding = decision.open && decision.reason !== 'heartbeat';
  return {
    openedUs: decision.open ? nowUs : past.openedUs,
    missed: decision.open ? !answered : past.missed,
    heldSinceUs: holding ? past.heldSinceUs ?? nowUs : null,
    closedUs: holding ? nowUs : past.closedUs,
  };
};

/** The gate's memory after a segment: its own decision is read from the evidence. */
export const remembered = (memory: Memory, evidence: Evidence, sense: SenseName): GateMemory => {
  const past = ownMemory(memory, evidence, sense);
  const decision = evidence.gates[sense];
  if (decision === undefined) return past;
  return after(past, decision, evidence.readings[sense]?.scores !== undefined, evidence.endUs);
};
