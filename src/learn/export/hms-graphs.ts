import { Fault } from '../../faults.js';
import { HMS_LETTER, HMS_STAGES, HMS_TENSOR, hmsStages } from '../../inference/hms-stages.js';
import type { HmsSizes, HmsStage, SenseName } from '../../inference/manifest.js';
import { onnxBuilder, type OnnxBuilder } from '../../inference/onnx-builder.js';
import type { HmsModel, HmsShape, Weight } from '../types.js';
import { onnxLstm } from './lstm-weights.js';

/** Writes one stage: the model's weights and the graph that takes them. */
interface Writer {
  readonly graph: OnnxBuilder;
  readonly model: HmsModel;
}

/** A weight by its name; its absence is an error of whoever made the model. */
const weightOf = ({ weights }: HmsModel, name: string, dims: readonly number[]): Weight => {
  const weight = weights[name];
  if (weight?.dims.join() === dims.join() && weight.data.length === dims.reduce((a, b) => a * b, 1)) return weight;
  throw new Fault('learn', 'model-wrong-shape', `An HMS model of these sizes has ${name} [${dims.join(', ')}], and this one has ${weight === undefined ? 'none' : `[${weight.dims.join(', ')}]`}.`);
};

const constant = ({ graph, model }: Writer, name: string, dims: readonly number[]): string => graph.constant(weightOf(model, name, dims).data, dims);

/** x·kernel + bias. */
const dense = (writer: Writer, x: string, name: string, from: number, to: number, output?: string): string => {
  const { graph } = writer;
  const product = graph.node('MatMul', [x, constant(writer, `${name}.kernel`, [from, to])]);
  return graph.node('Add', [product, constant(writer, `${name}.bias`, [to])], {}, output);
};

/** Features, standardised as in training, projected, rectified: x_A, x_I or x_M. */
const project = (writer: Writer, sense: SenseName, output?: string): string => {
  const { graph, model: { shape: { dims, projected } } } = writer;
  const centred = graph.node('Sub', [HMS_TENSOR.features, constant(writer, `${sense}.mean`, [dims[sense]])]);
  const standard = graph.node('Div', [centred, constant(writer, `${sense}.deviation`, [dims[sense]])]);
  return graph.node('Relu', [dense(writer, standard, `${sense}.project`, dims[sense], projected[sense])], {}, output);
};

const concat = ({ graph }: Writer, names: readonly string[]): string => (names.length === 1 ? names[0] ?? '' : graph.node('Concat', names, { axis: 2 }));

/** One step of an LSTM over the listed inputs, from its state to its next one: equations 3, 5 and 7. */
const lstm = (writer: Writer, sense: SenseName, inputs: readonly string[], width: number): void => {
  const { graph, model } = writer;
  const hidden = model.shape.hidden[sense];
  const letter = HMS_LETTER[sense];
  const { w, r, b } = onnxLstm(
    weightOf(model, `${sense}.lstm.kernel`, [width + hidden, 4 * hidden]).data,
    weightOf(model, `${sense}.lstm.bias`, [4 * hidden]).data, hidden,
  );
  const weights = [graph.constant(w, [1, 4 * hidden, width]), graph.constant(r, [1, 4 * hidden, hidden]), graph.constant(b, [1, 8 * hidden])];
  graph.nodes('LSTM', [concat(writer, inputs), ...weights, '', `h_${letter}`, `c_${letter}`], [`${sense}_steps`, `h_${letter}_next`, `c_${letter}_next`],
    { hidden_size: hidden });
};

/** Where the rows of x_I lie in the motion gate's kernel: [x_A; x_I; h_M; c_M]. */
const pictureRows = ({ projected }: HmsModel['shape']): readonly [number, number] => [projected.audio, projected.audio + projected.appearance];

/** The motion gate without what x_I says: equation 6 but for one term. */
const motionGateUnseen = (writer: Writer, output: string): void => {
  const { graph, model } = writer;
  const { projected, hidden } = model.shape;
  const [from, to] = pictureRows(model.shape);
  const { data } = weightOf(model, 'motion.gate.kernel', [projected.audio + projected.appearance + 2 * hidden.motion, 2]);
  const rows = Float32Array.of(...data.subarray(0, from * 2), ...data.subarray(to * 2));
  const product = graph.node('MatMul', [concat(writer, [HMS_TENSOR.audio, 'h_m', 'c_m']), graph.constant(rows, [rows.length / 2, 2])]);
  graph.node('Add', [product, constant(writer, 'motion.gate.bias', [2])], {}, output);
};

/** What x_I says to the motion gate: equation 6's other term. */
const motionGateSeen = (writer: Writer, output: string): void => {
  const { graph, model } = writer;
  const { projected, hidden } = model.shape;
  const [from, to] = pictureRows(model.shape);
  const { data } = weightOf(model, 'motion.gate.kernel', [projected.audio + projected.appearance + 2 * hidden.motion, 2]);
  graph.node('MatMul', [HMS_TENSOR.appearance, graph.constant(data.slice(from * 2, to * 2), [to - from, 2])], {}, output);
};

const WRITERS: Readonly<Record<HmsStage, (writer: Writer) => void>> = {
  listen: (writer) => {
    const { projected, hidden, unseen } = writer.model.shape;
    const xA = project(writer, 'audio', HMS_TENSOR.audio);
    lstm(writer, 'audio', [xA], projected.audio);
    dense(writer, concat(writer, [xA, 'h_i', 'c_i']), 'appearance.gate', projected.audio + 2 * hidden.appearance, 2, HMS_TENSOR.appearanceGate);
    if (unseen !== 'nested') motionGateUnseen(writer, HMS_TENSOR.motionGate);
  },
  look: (writer) => {
    const { projected, hidden, unseen } = writer.model.shape;
    const xI = project(writer, 'appearance', HMS_TENSOR.appearance);
    lstm(writer, 'appearance', [HMS_TENSOR.audio, xI], projected.audio + projected.appearance);
    if (unseen !== 'nested') motionGateSeen(writer, HMS_TENSOR.motionGate);
    else dense(writer, concat(writer, [HMS_TENSOR.audio, xI, 'h_m', 'c_m']), 'motion.gate', projected.audio + projected.appearance + 2 * hidden.motion, 2, HMS_TENSOR.motionGate);
  },
  watch: (writer) => {
    const { projected, hidden, classes } = writer.model.shape;
    const xM = project(writer, 'motion');
    lstm(writer, 'motion', [HMS_TENSOR.audio, HMS_TENSOR.appearance, xM], projected.audio + projected.appearance + projected.motion);
    dense(writer, 'h_m_next', 'classify', hidden.motion, classes, HMS_TENSOR.logits);
  },
  believe: (writer) => {
    const { hidden, classes } = writer.model.shape;
    dense(writer, 'h_m', 'classify', hidden.motion, classes, HMS_TENSOR.logits);
  },
};

/** An HMS model's sizes, as a pack says them. */
export const sizesOf = ({ dims, projected, hidden, classes, unseen }: HmsShape): HmsSizes => ({ dims, projected, hidden, classes, unseen });

/**
 * Writes an HMS model as one ONNX graph a stage, with its states as inputs and outputs, so that what is not needed is
 * not run. Copying states from one LSTM to the next is left to whoever runs them. What a stage takes and gives is said
 * in {@link hmsStages}.
 *
 * @param model as training leaves it
 * @returns the bytes of each stage's `.onnx` file
 * @throws Fault `model-unsupported` for a model that copies nothing upwards (it exists to be measured, not to be run);
 *   `model-wrong-shape` when a weight is not there or has other dimensions than the model's sizes say
 * @see HMS equations 3–7
 */
export const exportHms = (model: HmsModel): Readonly<Record<HmsStage, Uint8Array>> => {
  if (model.shape.copy === 'none') throw new Fault('learn', 'model-unsupported', 'A model that copies nothing upwards cannot be exported.', { remedy: 'Train one with copy: first.' });
  const edges = hmsStages(model.shape);
  const bytes = (stage: HmsStage): Uint8Array => {
    const graph = onnxBuilder(`hms ${stage}`);
    for (const { name, dims } of edges[stage].inputs) graph.input(name, dims);
    WRITERS[stage]({ graph, model });
    for (const { name, dims } of edges[stage].outputs) graph.output(name, dims);
    return graph.finish();
  };
  return Object.fromEntries(HMS_STAGES.map((stage) => [stage, bytes(stage)])) as Record<HmsStage, Uint8Array>;
};
