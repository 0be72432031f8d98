/** Writes the cards of models/eye, eye-wide and stride from their metrics.json: `node dist/tools/pretrain/card-nets.js`. No figure is typed by hand. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Estimate } from '../../src/evaluate/intervals.js';
import { HUE_NAMES } from '../world/scenes/looks.js';
import { ACTION_NAMES } from '../world/scenes/motions.js';
import { SHAPE_NAMES } from '../world/scenes/shapes.js';
import { repositoryRoot } from './places.js';

interface Cost {
  readonly megabytes: number;
  readonly macs: number;
  readonly parameters: number;
  readonly ms: { readonly p10: number; readonly median: number; readonly p90: number };
}
interface EyeMetrics {
  readonly training: { readonly steps: number; readonly more_steps: number; readonly last_steps: number; readonly batch: number; readonly drawn_pictures: number; readonly airspace_frames: number };
  readonly held_out_worlds: {
    readonly seeds: readonly number[]; readonly pictures: number; readonly clips: number;
    readonly shape_accuracy: Estimate; readonly hue_accuracy: Estimate; readonly both_accuracy: Estimate; readonly calibration_error_of_both: Estimate;
  };
  readonly airspace_close_ups_held_back: { readonly accuracy: Estimate };
  readonly cost: Cost;
}
interface StrideMetrics {
  readonly training: { readonly steps: number; readonly more_steps: number; readonly last_steps: number; readonly batch: number; readonly clips: number; readonly temperature: number };
  readonly held_out_worlds: {
    readonly seeds: readonly number[]; readonly looks: number; readonly clips: number;
    readonly accuracy: Estimate; readonly accuracy_of_actions: Estimate; readonly false_alarms_of_idle: Estimate; readonly direction_turned_round: Estimate;
    readonly reversed_in_time_says_opposite: Estimate; readonly from_one_picture: Estimate; readonly calibration_error: Estimate;
    readonly accuracy_by_action: Readonly<Record<string, { readonly right: number; readonly n: number }>>;
  };
  readonly cost: Cost;
}

interface WideMetrics {
  readonly training: { readonly steps: number; readonly batch: number; readonly airspace_frames: number; readonly held_back_balanced: number };
  readonly airspace_whole_frames_held_back: {
    readonly videos: number; readonly own_scores: Estimate; readonly linear_layer_on_features: Estimate; readonly linear_layer_on_features_of_eye: Estimate;
    readonly wide_minus_eye: Estimate;
  };
  readonly cost: Cost;
}

const folder = (name: string): string => join(repositoryRoot(), 'models', name);
const metrics = (name: string): unknown => JSON.parse(readFileSync(join(folder(name), 'metrics.json'), 'utf8'));
const percent = ({ value, low, high }: Estimate): string => `${(value * 100).toFixed(1)} % (${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)})`;
const small = ({ value, low, high }: Estimate): string => `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
const costs = ({ megabytes, macs, parameters, ms }: Cost, what: string): string => `| | |
| --- | --- |
| file | ${megabytes.toFixed(2)} MB |
| parameters | ${(parameters / 1e6).toFixed(2)} M |
| multiply-accumulates per ${what} | ${(macs / 1e6).toFixed(1)} M |
| ms per ${what}, median (10 % to 90 %), one thread, a busy machine | ${ms.median.toFixed(2)} (${ms.p10.toFixed(2)} to ${ms.p90.toFixed(2)}) |`;

const eyeCard = ({ training, held_out_worlds: worlds, airspace_close_ups_held_back: airspace, cost }: EyeMetrics): string => `# eye

A small net that looks at one picture of 128×128. Its 256 features are what policies learn on (\`hearken learn\`); its own scores say
which shape (${SHAPE_NAMES.join(', ')}), which colour (${HUE_NAMES.join(', ')}) and what flies (airplane, bird, drone, helicopter).
Each of the three groups shares out at most 1; \`nothing\` means that there is neither a shape nor a flyer.

${costs(cost, 'picture')}

## How well it sees

On ${worlds.pictures} key frames of ${worlds.clips} clips of rendered worlds (seeds ${worlds.seeds.join(' and ')}, test part) with textures and backgrounds it never saw, through H.264 at 140 kbit/s; 95 % intervals by a bootstrap over clips.

| | |
| --- | --- |
| shape, of ${SHAPE_NAMES.length} | ${percent(worlds.shape_accuracy)} |
| colour, of ${HUE_NAMES.length} | ${percent(worlds.hue_accuracy)} |
| both | ${percent(worlds.both_accuracy)} |
| expected calibration error of both | ${small(worlds.calibration_error_of_both)} |
| airspace: close-ups of what flies, videos held back, 4 classes and nothing | ${percent(airspace.accuracy)} (Wilson's interval; several close-ups come from one video) |

## How it was made

EfficientNetV2's shape made small: a 3×3 convolution, one fused and five plain inverted bottlenecks (squeeze-and-excitation in the plain ones), a 1×1 convolution, mean and greatest value over the picture, a linear layer.
It learned for ${training.steps}, ${training.more_steps} and ${training.last_steps} steps in three runs from ${training.drawn_pictures} drawn pictures of no world (${training.batch} a step) and close-ups of ${training.airspace_frames} frames of real flights (${training.batch / 4} a step), most of the first two runs at half the size.
Augmented by other light, noise textures, turns, mirrors and the blocks of an encoder. Temperatures were fixed on held-back drawings and flights; neither a world's test part nor the validation part of airspace was read.
\`tools/pretrain/README.md\` says how to make it again.

## What to know before relying on it

- It knows drawn shapes and close-ups of four flyers, and nothing else of the real world. For real scenes take a net that knows them, or let \`hearken learn\` show how far these features carry.
- Flyers on whole airspace frames are 2 to 4 px wide at 128×128: take \`eye-wide\` for them.
- The held-out worlds are rendered by the same program as its training pictures; only textures and backgrounds differ.

## Data and licence

The net is this project's, under Apache-2.0. It learned from pictures drawn by \`tools/world\` and from frames of A Dataset for Multi-Sensor Drone Detection (Svanström, Englund, Alonso-Fernandez, 2021, CC0 1.0). None of its files is in here.
`;

const strideCard = ({ training, held_out_worlds: worlds, cost }: StrideMetrics): string => `# stride

A small net that watches eight pictures of 64×64 over 0.96 s. Its 256 features are what policies learn on (\`hearken learn\`); its own scores share 1 out among
${ACTION_NAMES.join(', ')}, each forwards (+) or backwards (-) in time, and \`idle\`.

${costs(cost, 'clip')}

## How well it sees

On ${worlds.looks} windows of ${worlds.clips} clips of rendered worlds (seeds ${worlds.seeds.join(' and ')}, test part) with textures and backgrounds it never saw, through H.264 at 140 kbit/s; 95 % intervals by a bootstrap over clips.

| | |
| --- | --- |
| all ${ACTION_NAMES.length * 2 + 1} answers | ${percent(worlds.accuracy)} |
| where something acts | ${percent(worlds.accuracy_of_actions)} |
| something seen where nothing acts | ${percent(worlds.false_alarms_of_idle)} |
| the right action in the wrong direction | ${percent(worlds.direction_turned_round)} |
| the same pictures in the reverse order: says the opposite action | ${percent(worlds.reversed_in_time_says_opposite)} |
| one of the pictures eight times over: says the action and its direction | ${percent(worlds.from_one_picture)} |
| expected calibration error | ${small(worlds.calibration_error)} |

| action | right |
| --- | --- |
${Object.entries(worlds.accuracy_by_action).filter(([, { n }]) => n > 0).map(([label, { right, n }]) => `| ${label} | ${right} of ${n} |`).join('\n')}

(A world shows only some of the actions.)

## How it was made

R(2+1)D's shape made small: four convolutions over a frame and four over time in turn, a 1×1 convolution, mean and greatest value over all places and times, a linear layer.
It learned for ${training.steps}, ${training.more_steps} and ${training.last_steps} steps in three runs of ${training.batch} clips from ${training.clips} drawn clips of no world, half of them reversed and half mirrored each way with the labels that follow, most of the first two runs at half the size; augmented by other light, noise textures and noise.
The temperature, ${training.temperature}, was fixed on held-back drawings; no world's test part was read. \`tools/pretrain/README.md\` says how to make it again.

## What to know before relying on it

- It knows one thing that moves in one of seven ways before a slowly drifting background. Of people, animals and vehicles it knows nothing.
- What has only just begun, or is about to end, it may call idle.
- The held-out worlds are rendered by the same program as its training clips; only textures and backgrounds differ.

## Data and licence

The net is this project's, under Apache-2.0. It learned only from clips drawn by \`tools/world\`.
`;

const wideCard = ({ training, airspace_whole_frames_held_back: airspace, cost }: WideMetrics): string => `# eye-wide

The eye's own net at 320×256, for what flies far away: airplane, bird, drone, helicopter, or \`nothing\` (softmax). Its 256 features are what policies learn on.

${costs(cost, 'picture')}

## How well it sees

On whole frames of the ${airspace.videos} airspace videos held back, 4 classes; 95 % intervals by a bootstrap over videos.

| | |
| --- | --- |
| its own scores | ${percent(airspace.own_scores)}; mean over the classes ${(training.held_back_balanced * 100).toFixed(1)} % |
| a linear layer on its features | ${percent(airspace.linear_layer_on_features)} |
| a linear layer on the features of \`eye\` at 128×128 | ${percent(airspace.linear_layer_on_features_of_eye)} |
| the larger picture's gain, in points | ${percent(airspace.wide_minus_eye).replace(' %', '')} |

## How it was made

It began as the \`eye\`, as that was after its second run, and learned for ${training.steps} steps from ${training.batch} whole frames and ${training.batch} close-ups each, of ${training.airspace_frames} frames of flights.
The temperature was fixed on the videos held back; the validation part of airspace was not read. \`tools/pretrain/README.md\` says how to make it again.

## What to know before relying on it

- Flyers are 5 to 20 px long on such frames. It also learned where the films were made: the same field, tower or sky comes back within a class, and neighbouring videos may be cut from one recording. Elsewhere it will do worse.
- It hardly saw pictures in which nothing flies.

## Data and licence

The net is this project's, under Apache-2.0. It learned from pictures drawn by \`tools/world\` and from frames of A Dataset for Multi-Sensor Drone Detection (Svanström, Englund, Alonso-Fernandez, 2021, CC0 1.0). None of its files is in here.
`;

writeFileSync(join(folder('eye'), 'README.md'), eyeCard(metrics('eye') as EyeMetrics));
writeFileSync(join(folder('stride'), 'README.md'), strideCard(metrics('stride') as StrideMetrics));
if (existsSync(join(folder('eye-wide'), 'metrics.json'))) writeFileSync(join(folder('eye-wide'), 'README.md'), wideCard(metrics('eye-wide') as WideMetrics));
