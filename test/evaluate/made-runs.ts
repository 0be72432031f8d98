import fc from 'fast-check';
import type { SequenceRun } from '../../src/learn/types.js';

/** A run by hand: per step the truth, the probabilities (as logits), and what was open. */
export const runOf = (
  steps: readonly { target: number; p: readonly number[]; i?: 0 | 1; m?: 0 | 1 }[], id = 'made',
): SequenceRun => ({
  id,
  targets: Int32Array.from(steps, ({ target }) => target),
  logits: Float32Array.from(steps.flatMap(({ p }) => p.map(Math.log))),
  opened: { appearance: Uint8Array.from(steps, ({ i = 0 }) => i), motion: Uint8Array.from(steps, ({ m = 0 }) => m) },
});

/** Any run over some classes. */
export const anyRun = (classes = 4, maxSteps = 12): fc.Arbitrary<SequenceRun> => fc.array(fc.record({
  target: fc.nat(classes - 1),
  logits: fc.array(fc.float({ min: -8, max: 8, noNaN: true }), { minLength: classes, maxLength: classes }),
  i: fc.nat(1),
  m: fc.nat(1),
}), { minLength: 1, maxLength: maxSteps }).map((steps) => ({
  id: 'any',
  targets: Int32Array.from(steps, ({ target }) => target),
  logits: Float32Array.from(steps.flatMap(({ logits }) => logits)),
  opened: { appearance: Uint8Array.from(steps, ({ i }) => i), motion: Uint8Array.from(steps, ({ m }) => m) },
}));

/** Any few runs over the same classes, with ids of their own. */
export const anyRuns = (classes = 4): fc.Arbitrary<SequenceRun[]> =>
  fc.array(anyRun(classes), { minLength: 1, maxLength: 8 }).map((runs) => runs.map((run, i) => ({ ...run, id: `any-${i}` })));
