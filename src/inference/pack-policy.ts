import { join } from 'node:path';
import { Fault } from '../faults.js';
import { checkedModel, readLabels } from './checked-model.js';
import { HMS_STAGES, hmsStages } from './hms-stages.js';
import { countMacs } from './macs.js';
import { packInvalid, SENSES } from './manifest-file.js';
import { rulesOf, type PolicyRules, type HmsManifest, type HmsStage, type SenseName } from './manifest.js';
import { decodeOnnx } from './onnx-schema.js';
import { openSession } from './session.js';
import type { Pack, PackPolicy } from './types.js';

/** Reads the policy of a pack: its labels are checked now, its stages when they are opened. */
export const policyAt = async (folder: string, manifest: HmsManifest): Promise<PackPolicy> => {
  const { labels, background, sizes, stages } = manifest;
  const edges = hmsStages(sizes);
  return {
    manifest,
    labels: await readLabels(folder, { place: 'policy', labels, background, scores: sizes.classes }),
    open: async (stage, { threads = 1 } = {}) => {
      const { file, sha256, macs } = stages[stage];
      return openSession({ model: await checkedModel(folder, stages[stage]), sha256, file: join(folder, file), macs, threads, expect: edges[stage] });
    },
  };
};

/** One stage of a policy, as `hearken models show` tells it. */
export interface StageDescription {
  readonly stage: HmsStage;
  readonly file: string;
  readonly parameters: number;
  /** Multiply-accumulates of one run, counted now. */
  readonly macs: number;
}

/** The policy of a pack, as `hearken models show` tells it. */
export interface PolicyDescription extends PolicyRules, Pick<HmsManifest, 'kind' | 'nets' | 'sizes' | 'background' | 'temperatures' | 'stepS'> {
  readonly labels: readonly string[];
  readonly stages: readonly StageDescription[];
}

/**
 * Reads all there is to say about a pack's policy.
 * @throws Fault `pack-hash-mismatch` when a stage is not the one described, `pack-invalid` when it costs something else
 */
export const describePolicy = async (folder: string, { manifest, labels }: PackPolicy): Promise<PolicyDescription> => {
  const { kind, nets, sizes, background, temperatures, stepS } = manifest;
  const stages = HMS_STAGES.map(async (stage): Promise<StageDescription> => {
    const { file, macs: said } = manifest.stages[stage];
    const { macs, parameters } = countMacs(decodeOnnx(await checkedModel(folder, manifest.stages[stage]), join(folder, file)));
    if (macs !== said) throw packInvalid(join(folder, 'manifest.json'), `policy.stages.${stage}.macs is ${said}, and the graph has ${macs}`);
    return { stage, file, parameters, macs };
  });
  return { kind, nets, sizes, background, temperatures, ...(stepS === undefined ? {} : { stepS }), ...rulesOf(manifest), labels, stages: await Promise.all(stages) };
};

const short = (sha256: string): string => sha256.slice(0, 12);

/**
 * Checks that a policy gets the net that it was trained on: on the features of any other its words mean nothing.
 *
 * @param policy the pack with the policy
 * @param net the pack that is to sense for it
 * @throws Fault `pack-hash-mismatch` that says which net of which pack it wants, and what is there;
 *   `pack-invalid` when the net gives no features, or others than the policy takes
 */
export const checkNet = (policy: Pack, sense: SenseName, net: Pack): void => {
  const wanted = policy.policy?.manifest.nets[sense];
  const width = policy.policy?.manifest.sizes.dims[sense];
  if (wanted === undefined) return;
  const { name } = policy.manifest;
  const there = net.sense(sense);
  if (there.sha256 !== wanted.sha256) {
    throw new Fault('inference', 'pack-hash-mismatch',
      `The policy ${name} was trained on the ${sense} net ${short(wanted.sha256)}… of the pack ${wanted.pack}, and the one in ${net.folder} is ${short(there.sha256)}….`,
      { remedy: `Install the version of ${wanted.pack} that ${name} was made with, or train it again on this one with hearken learn.` });
  }
  const features = there.outputs.features?.dims.at(-1);
  if (features !== width) {
    throw packInvalid(join(policy.folder, 'manifest.json'), `policy.sizes.dims.${sense} is ${width ?? 0}, and the net of ${net.manifest.name} gives ${features ?? 'no'} features`);
  }
};

/** Senses that a policy has a net for, cheapest first, with the packs that hold them. */
export const netsOf = ({ manifest: { nets } }: PackPolicy): readonly { readonly sense: SenseName; readonly pack: string }[] =>
  SENSES.flatMap((sense) => {
    const net = nets[sense];
    return net === undefined ? [] : [{ sense, pack: net.pack }];
  });
