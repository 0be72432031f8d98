/** Small made-up worlds of recordings in which it is known what looks are worth. */
import type { GateLogits } from '../../../src/policy/hms/worth.js';
import type { Ending, Question } from '../../../src/learn/worth/branches.js';

/** A recording of `steps` steps with one picture to be had at each. */
export interface World {
  readonly steps: number;
  /** What the gate says, and what is in doubt, at a step, while nothing telling was seen and after it was. */
  readonly gate: (step: number) => GateLogits;
  readonly doubt: number;
  /** Whether a picture at a step tells. */
  readonly tells: (step: number) => boolean;
}

/** Its first question: the answer is right at the end if a telling picture was seen. */
export const worldOf = ({ steps, gate, doubt, tells }: World): Question | Ending => {
  const at = (step: number, told: boolean): Question | Ending => (step === steps
    ? { loss: told ? 0 : doubt, right: told }
    : { sense: 'appearance', step, logits: gate(step), doubt: told ? 0 : doubt, answer: (look) => at(step + 1, told || (look && tells(step))) });
  return at(0, false);
};
