/** Writes models/eye/README.md from metrics.json: `node dist/tools/pretrain/card-eye.js`. Nothing in it is typed by hand. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flight } from '../sample/timeline.js';
import { repositoryRoot } from './places.js';
import type { Estimate } from './statistics.js';

type Confusion = Readonly<Record<string, readonly number[]>>;
interface Metrics {
  readonly labels: readonly string[];
  readonly training: { readonly temperature: number; readonly epochs: number; readonly more_epochs: number; readonly made_pictures: number; readonly real_pictures: number };
  readonly val: {
    readonly pictures: { readonly close_ups: number; readonly whole_frames: number; readonly empty: number; readonly made: number };
    readonly close_up_accuracy: Estimate; readonly whole_frame_accuracy: Estimate; readonly empty_accuracy: Estimate; readonly made_accuracy: Estimate;
    readonly calibration_error_close_ups: Estimate; readonly calibration_error_made: Estimate;
    readonly confusion_close_ups: Confusion; readonly confusion_whole_frames: Confusion;
  };
  readonly sample: readonly { readonly time_s: number; readonly label: string; readonly score: number }[];
  readonly cost: { readonly megabytes: number; readonly macs: number; readonly parameters: number; readonly ms_per_picture: { readonly p10: number; readonly median: number; readonly p90: number } };
}

const folder = join(repositoryRoot(), 'models', 'eye');
const { labels, training, val, sample, cost } = JSON.parse(readFileSync(join(folder, 'metrics.json'), 'utf8')) as Metrics;

const percent = ({ value, low, high }: Estimate): string => `${(value * 100).toFixed(1)} % (${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)})`;
const small = ({ value, low, high }: Estimate): string => `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
const table = (confusion: Confusion): string =>
  `| it is, it says | ${labels.join(' | ')} |\n| --- |${labels.map(() => ' --- |').join('')}\n${Object.entries(confusion).filter(([, row]) => row.some((n) => n > 0)).map(([label, row]) => `| ${label} | ${row.join(' | ')} |`).join('\n')}`;

const flying = sample.filter(({ time_s: timeS }) => flight(timeS).progress > 0.05 && flight(timeS).progress < 0.95);
const still = sample.filter(({ time_s: timeS }) => flight(timeS).progress <= 0 || flight(timeS).progress >= 1);

const text = `# eye

A small net that looks at one key frame, scaled to 160x128, and shares one out among ${labels.join(', ')} (softmax).
\`background\` means that nothing flies. On real cameras read the limits below first.

| | |
| --- | --- |
| file | ${cost.megabytes.toFixed(2)} MB |
| parameters | ${(cost.parameters / 1e6).toFixed(3)} M |
| multiply-accumulates per picture | ${(cost.macs / 1e6).toFixed(2)} M |
| ms per picture, median (10 % to 90 %), one thread | ${cost.ms_per_picture.median.toFixed(2)} (${cost.ms_per_picture.p10.toFixed(2)} to ${cost.ms_per_picture.p90.toFixed(2)}) |

## How well it sees

On the validation videos of the airspace set; 95 % intervals by a bootstrap over videos (over pictures for the made ones).

| | pictures | accuracy |
| --- | --- | --- |
| close-ups: real flyers, cut out where something moves before a still camera | ${val.pictures.close_ups} | ${percent(val.close_up_accuracy)} |
| **whole frames** of 640x512, as the product looks at them | ${val.pictures.whole_frames} | ${percent(val.whole_frame_accuracy)} |
| real scenes with the flyer taken out | ${val.pictures.empty} | ${percent(val.empty_accuracy)} |
| drawn flyers (a sixteenth of the width and more) on real and painted scenes | ${val.pictures.made} | ${percent(val.made_accuracy)} |

Expected calibration error: ${small(val.calibration_error_close_ups)} on close-ups, ${small(val.calibration_error_made)} on made pictures.
On the sample it says helicopter on ${flying.filter(({ label }) => label === 'helicopter').length} of the ${flying.length} key frames that show one, and background on ${still.filter(({ label }) => label === 'background').length} of the ${still.length} that show none.

Close-ups:

${table(val.confusion_close_ups)}

Whole frames:

${table(val.confusion_whole_frames)}

## How it was made

A 3×3 convolution, six depthwise-separable ones, the greatest value over the picture (\`features\`, 192 values), one linear layer.
It learned for ${training.epochs} epochs without the held-back videos and ${training.more_epochs} more with them, from ${training.made_pictures} made pictures (flyers drawn by \`tools/pretrain/flyers.ts\` and \`tools/sample/aircraft.ts\`
on real plates, painted skies and the sample's own meadow) and ${training.real_pictures} real ones (close-ups of what moves, and plates without it). The temperature, ${training.temperature}, was fixed on the held-back videos. Nothing was chosen on the validation part.

## What to know before relying on it

- Most flyers of the airspace set are a few pixels wide on the whole frame, and fewer at 160x128: there is often nothing left to see, and the whole-frame row says so. A larger picture or a cut-out around what moves is the remedy.
- It learned the helicopter of the sample by the very function that draws it, on the very meadow: that it knows it there shows that the path works, not that it knows helicopters.
- Close-ups exist only where the camera stood still and something stood out: the easier part. Neighbouring videos may be cut from one recording.

## Data and licence

The net is this project's, under Apache-2.0. Real pictures: A Dataset for Multi-Sensor Drone Detection (Svanström, Englund, Alonso-Fernandez, 2021, CC0). None of its files is in here.
`;
writeFileSync(join(folder, 'README.md'), text);
