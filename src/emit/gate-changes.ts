import type { SenseName } from '../inference/manifest.js';
import type { Belief } from '../policy/types.js';
import type { GateDecision } from '../sense/types.js';
import type { GateMessage } from './types.js';
import { epochSeconds } from './wire.js';

/** The last decision of each gate. */
export type GateStates = Readonly<Partial<Record<SenseName, GateDecision>>>;

/** What one belief changes, and the decisions to compare the next one with. */
export interface GateChanges {
  readonly states: GateStates;
  readonly messages: readonly GateMessage[];
}

/** A gate starts shut: its first message says that it opened. */
const changed = (before: GateDecision | undefined, now: GateDecision): boolean =>
  now.open ? before?.open !== true || before.reason !== now.reason : before?.open === true;

/** One message for each gate that opened, shut, or opened for a new reason. A gate that was not asked has not changed. Pure. */
export const gateChanges = (camera: string, before: GateStates, belief: Belief): GateChanges => {
  const asked = Object.entries(belief.gates) as [SenseName, GateDecision][];
  return {
    states: { ...before, ...belief.gates },
    messages: asked.filter(([sense, now]) => changed(before[sense], now)).map(([gate, { open, reason, detail }]) => ({
      schema: 'hearken.gate.v1',
      camera, gate, open, reason,
      ...(detail === undefined ? {} : { detail }),
      index: belief.index,
      time: epochSeconds(belief, belief.endUs),
    })),
  };
};
