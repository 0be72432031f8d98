/**
 * What a recurrent step does element by element, as one kernel each on the WASM backend. At the sizes of these models a
 * call of a kernel costs more than its arithmetic, and an LSTM step is some forty calls there and back; with these it
 * is a fifth. Any other backend takes the same formulas from its own operations, in `lstm.ts` and `ops.ts`.
 */
import { registerKernel, type TensorInfo } from './tf.js';
import type { HeapBackend } from './wasm-kernels.js';

type Numbers = Float32Array;

/** Makes the outputs first, since making one may move the heap, then hands out views on all tables. */
const onHeap = (backend: HeapBackend, inputs: readonly TensorInfo[], shapes: readonly (readonly number[])[], work: (inputs: readonly Numbers[], outputs: readonly Numbers[]) => void): TensorInfo[] => {
  const outputs = shapes.map((shape) => backend.makeOutput([...shape], 'float32'));
  const view = (table: TensorInfo): Numbers => backend.typedArrayFromHeap(table) as Numbers;
  work(inputs.map(view), outputs.map(view));
  return outputs;
};

const NOTHING = new Float32Array(0);

/** gates `[B, 4h]` after the sigmoid (the candidate as σ(2z)), state `[h | c]` → the new `[h | c]`, and tanh of its c `[B, h]`. */
const cell = ([gates = NOTHING, state = NOTHING]: readonly Numbers[], [next = NOTHING, squashed = NOTHING]: readonly Numbers[], hidden: number): void => {
  const rows = squashed.length / hidden;
  for (let b = 0; b < rows; b += 1) {
    const [g, s, q] = [b * 4 * hidden, b * 2 * hidden, b * hidden];
    for (let i = 0; i < hidden; i += 1) {
      const candidate = 2 * (gates[g + 2 * hidden + i] ?? 0) - 1;
      const c = (gates[g + hidden + i] ?? 0) * (state[s + hidden + i] ?? 0) + (gates[g + i] ?? 0) * candidate;
      const tanh = 2 / (1 + Math.exp(-2 * c)) - 1;
      squashed[q + i] = tanh;
      next[s + i] = (gates[g + 3 * hidden + i] ?? 0) * tanh;
      next[s + hidden + i] = c;
    }
  }
};

/** dy `[dh | dc]`, gates, the old state, tanh c → the gradient before the sigmoid `[B, 4h]`, and that of the old c `[B, h]`. */
const cellGradient = ([dy = NOTHING, gates = NOTHING, state = NOTHING, squashed = NOTHING]: readonly Numbers[], [dInputs = NOTHING, dCell = NOTHING]: readonly Numbers[], hidden: number): void => {
  const rows = squashed.length / hidden;
  for (let b = 0; b < rows; b += 1) {
    const [g, s, q] = [b * 4 * hidden, b * 2 * hidden, b * hidden];
    for (let i = 0; i < hidden; i += 1) {
      const [input, forget] = [gates[g + i] ?? 0, gates[g + hidden + i] ?? 0];
      const [doubled, output] = [gates[g + 2 * hidden + i] ?? 0, gates[g + 3 * hidden + i] ?? 0];
      const [dh, tanh] = [dy[s + i] ?? 0, squashed[q + i] ?? 0];
      const dc = (dy[s + hidden + i] ?? 0) + dh * output * (1 - tanh * tanh);
      dInputs[g + i] = dc * (2 * doubled - 1) * input * (1 - input);
      dInputs[g + hidden + i] = dc * (state[s + hidden + i] ?? 0) * forget * (1 - forget);
      dInputs[g + 2 * hidden + i] = 2 * dc * input * doubled * (1 - doubled);
      dInputs[g + 3 * hidden + i] = dh * tanh * output * (1 - output);
      dCell[q + i] = dc * forget;
    }
  }
};

/** gate `[B, 1]`, next and kept `[B, n]`, lower `[B, k]` → next where open, else kept with `columns` of lower over it. */
const choice = ([gate = NOTHING, next = NOTHING, kept = NOTHING, lower = NOTHING]: readonly Numbers[], out: Numbers, columns: number): void => {
  const rows = gate.length;
  const [n, k] = [kept.length / rows, lower.length / rows];
  for (let b = 0; b < rows; b += 1) {
    const open = gate[b] ?? 0;
    for (let i = 0; i < n; i += 1) {
      const left = i < columns ? lower[b * k + i] ?? 0 : kept[b * n + i] ?? 0;
      out[b * n + i] = left + open * ((next[b * n + i] ?? 0) - left);
    }
  }
};

/** dy and the inputs of the choice → their gradients. */
const choiceGradient = ([dy = NOTHING, gate = NOTHING, next = NOTHING, kept = NOTHING, lower = NOTHING]: readonly Numbers[], [dGate = NOTHING, dNext = NOTHING, dKept = NOTHING, dLower = NOTHING]: readonly Numbers[], columns: number): void => {
  const rows = gate.length;
  const [n, k] = [kept.length / rows, lower.length / rows];
  dLower.fill(0);
  for (let b = 0; b < rows; b += 1) {
    const open = gate[b] ?? 0;
    let whole = 0;
    for (let i = 0; i < n; i += 1) {
      const at = b * n + i;
      const [d, copied] = [dy[at] ?? 0, i < columns];
      whole += d * ((next[at] ?? 0) - (copied ? lower[b * k + i] ?? 0 : kept[at] ?? 0));
      dNext[at] = d * open;
      dKept[at] = copied ? 0 : d - d * open;
      if (copied) dLower[b * k + i] = d - d * open;
    }
    dGate[b] = whole;
  }
};

/** gate `[B, 1]` times every column of x `[B, n]`. */
const gating = ([gate = NOTHING, x = NOTHING]: readonly Numbers[], out: Numbers): void => {
  const n = x.length / gate.length;
  for (let i = 0; i < x.length; i += 1) out[i] = (gate[Math.floor(i / n)] ?? 0) * (x[i] ?? 0);
};

/** dy, gate, x → their gradients. */
const gatingGradient = ([dy = NOTHING, gate = NOTHING, x = NOTHING]: readonly Numbers[], [dGate = NOTHING, dx = NOTHING]: readonly Numbers[]): void => {
  const n = x.length / gate.length;
  for (let b = 0; b < gate.length; b += 1) {
    let whole = 0;
    for (let i = b * n; i < (b + 1) * n; i += 1) {
      whole += (dy[i] ?? 0) * (x[i] ?? 0);
      dx[i] = (dy[i] ?? 0) * (gate[b] ?? 0);
    }
    dGate[b] = whole;
  }
};

/** The kernels' names. */
export const CELLS = {
  cell: 'HearkenCell', cellGradient: 'HearkenCellGradient', choice: 'HearkenChoice', choiceGradient: 'HearkenChoiceGradient',
  gating: 'HearkenGating', gatingGradient: 'HearkenGatingGradient',
} as const;

type Work = (backend: HeapBackend, tables: readonly TensorInfo[], attribute: number) => TensorInfo[];

const shapeOf = (tables: readonly TensorInfo[], i: number): readonly number[] => tables[i]?.shape ?? [];
const halved = ([rows = 0, columns = 0]: readonly number[], by: number): number[] => [rows, columns / by];

const WORK: Readonly<Record<string, Work>> = {
  [CELLS.cell]: (backend, tables, hidden) => onHeap(backend, tables, [shapeOf(tables, 1), halved(shapeOf(tables, 1), 2)], (x, y) => {
    cell(x, y, hidden);
  }),
  [CELLS.cellGradient]: (backend, tables, hidden) => onHeap(backend, tables, [shapeOf(tables, 1), halved(shapeOf(tables, 0), 2)], (x, y) => {
    cellGradient(x, y, hidden);
  }),
  [CELLS.choice]: (backend, tables, columns) => onHeap(backend, tables, [shapeOf(tables, 2)], (x, [out = NOTHING]) => {
    choice(x, out, columns);
  }),
  [CELLS.choiceGradient]: (backend, tables, columns) => onHeap(backend, tables, tables.slice(1).map(({ shape }) => shape), (x, y) => {
    choiceGradient(x, y, columns);
  }),
  [CELLS.gating]: (backend, tables) => onHeap(backend, tables, [shapeOf(tables, 1)], (x, [out = NOTHING]) => {
    gating(x, out);
  }),
  [CELLS.gatingGradient]: (backend, tables) => onHeap(backend, tables, tables.slice(1).map(({ shape }) => shape), gatingGradient),
};

/** Adds the kernels to the WASM backend. Called once, when it is opened. */
export const registerCells = (): void => {
  for (const [kernelName, work] of Object.entries(WORK)) {
    registerKernel({
      kernelName, backendName: 'wasm',
      kernelFunc: ({ inputs, attrs, backend }) => work(backend as HeapBackend, Object.values(inputs) as TensorInfo[], (attrs?.['n'] ?? 0) as number),
    });
  }
};
