/** Writes models/ear/README.md from metrics.json: `node dist/tools/pretrain/card.js`. Nothing in it is typed by hand. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './places.js';
import type { Estimate } from '../../src/evaluate/intervals.js';

interface Voice {
  readonly esc10_clip_accuracy: Estimate;
  readonly esc10_window_accuracy: Estimate;
  readonly esc10_clip_accuracy_by_label: Readonly<Record<string, number>>;
}
interface TrainedVoice extends Voice {
  readonly airspace_clip_accuracy: Estimate;
  readonly airspace_window_accuracy: Estimate;
  readonly all_window_accuracy_of_12: Estimate;
  readonly calibration_error: Estimate;
  readonly known_sound_heard_at_half: Estimate;
  readonly false_alarm_at_half: Estimate;
  readonly quiet_windows_sure_of_background: Estimate;
}
interface Times { readonly p10: number; readonly median: number; readonly p90: number; readonly runs: number }
interface Size { readonly megabytes: number; readonly macs: number; readonly parameters: number }
interface Metrics {
  readonly labels: readonly string[];
  readonly training: {
    readonly yamnet_head: { readonly decay: number; readonly temperature: number };
    readonly ear: { readonly temperature: number; readonly epochs: number; readonly more_epochs: number; readonly labelled_windows: number; readonly unlabelled_windows: number };
  };
  readonly val: {
    readonly clips: { readonly esc10: number; readonly airspace_audio: number; readonly fights: number };
    readonly ear: TrainedVoice & { readonly synthetic_noise_false_alarm_at_half: number; readonly silence_greatest_known_score: number };
    readonly yamnet_head: TrainedVoice;
    readonly yamnet_names: Voice;
    readonly ear_minus_yamnet_head: { readonly esc10_clip_accuracy: Estimate; readonly airspace_clip_accuracy: Estimate };
  };
  readonly cost: { readonly ear: Size; readonly yamnet: Size; readonly ms_per_window: { readonly ear: Times; readonly yamnet: Times } };
}

const folder = join(repositoryRoot(), 'models', 'ear');
const { labels, training, val, cost } = JSON.parse(readFileSync(join(folder, 'metrics.json'), 'utf8')) as Metrics;

const percent = ({ value, low, high }: Estimate): string => `${(value * 100).toFixed(1)} % (${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)})`;
const small = ({ value, low, high }: Estimate): string => `${value.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;
const points = ({ value, low, high }: Estimate): string => `${(value * 100).toFixed(1)} points (${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)})`;
const millions = (n: number): string => (n / 1e6).toFixed(2);

const row = (name: string, show: (e: Estimate) => string, pick: (v: TrainedVoice) => Estimate, names?: Estimate): string =>
  `| ${name} | ${show(pick(val.ear))} | ${show(pick(val.yamnet_head))} | ${names === undefined ? '–' : show(names)} |`;

const text = `# ear

A small net that listens to 0.975 s of sound every 0.48 s and scores ${labels.length} labels, each on its own (sigmoid, 0…1):
${labels.join(', ')}.
\`background\` means that none of the others is heard. The pack also holds \`sample.mp4\`, the recording that \`hearken watch sample\` plays.

| | ear | YAMNet |
| --- | --- | --- |
| file | ${cost.ear.megabytes.toFixed(2)} MB | ${cost.yamnet.megabytes.toFixed(2)} MB |
| parameters | ${millions(cost.ear.parameters)} M | ${millions(cost.yamnet.parameters)} M |
| multiply-accumulates per window | ${millions(cost.ear.macs)} M | ${millions(cost.yamnet.macs)} M |
| ms per window, median (10 % to 90 %), one thread | ${cost.ms_per_window.ear.median.toFixed(2)} (${cost.ms_per_window.ear.p10.toFixed(2)} to ${cost.ms_per_window.ear.p90.toFixed(2)}) | ${cost.ms_per_window.yamnet.median.toFixed(2)} (${cost.ms_per_window.yamnet.p10.toFixed(2)} to ${cost.ms_per_window.yamnet.p90.toFixed(2)}) |

Both were timed in turn in one process, through the product's own session; the machine also ran other work, so compare the two, not the absolute numbers.

## How well it hears

On the validation part (${val.clips.esc10} ESC-10 clips, fold 4; ${val.clips.airspace_audio} airspace clips; ${val.clips.fights} street clips with sound, which hold none of the labels).
In brackets: 95 % intervals, Wilson's for clips, a bootstrap over clips for windows and calibration.
"YAMNet + head" is YAMNet's 1024 features under one linear layer with sigmoids, trained on the same labelled windows with the same loss; "YAMNet's names" takes its 521 scores as they are.

| | ear | YAMNet + head | YAMNet's names |
| --- | --- | --- | --- |
${row('ESC-10, clips', percent, (v) => v.esc10_clip_accuracy, val.yamnet_names.esc10_clip_accuracy)}
${row('ESC-10, windows', percent, (v) => v.esc10_window_accuracy, val.yamnet_names.esc10_window_accuracy)}
${row('airspace (3 classes), clips', percent, (v) => v.airspace_clip_accuracy)}
${row('airspace (3 classes), windows', percent, (v) => v.airspace_window_accuracy)}
${row(`all windows, ${labels.length} labels`, percent, (v) => v.all_window_accuracy_of_12)}
${row('expected calibration error of the best label', small, (v) => v.calibration_error)}
${row('known sounds that reach 0.5', percent, (v) => v.known_sound_heard_at_half)}
${row('false alarms: windows with nothing known that reach 0.5', percent, (v) => v.false_alarm_at_half)}
${row('windows with nothing known that are surely background', percent, (v) => v.quiet_windows_sure_of_background)}

ear minus YAMNet + head: ${points(val.ear_minus_yamnet_head.esc10_clip_accuracy)} on ESC-10 clips, ${points(val.ear_minus_yamnet_head.airspace_clip_accuracy)} on airspace clips.
Digital silence scores at most ${val.ear.silence_greatest_known_score.toFixed(3)} for any known sound; of 200 made noises, ${(val.ear.synthetic_noise_false_alarm_at_half * 100).toFixed(1)} % reach 0.5.

| ESC-10, clips | ear | YAMNet + head | YAMNet's names |
| --- | --- | --- | --- |
${Object.keys(val.ear.esc10_clip_accuracy_by_label).map((label) => `| ${label} | ${[val.ear, val.yamnet_head, val.yamnet_names].map((v) => `${((v.esc10_clip_accuracy_by_label[label] ?? 0) * 100).toFixed(0)} %`).join(' | ')} |`).join('\n')}

## How it was made

Input: YAMNet's log-mel patch \`[1, 96, 64]\` (16 kHz mono). A 5×5 convolution, six depthwise-separable ones, the mean over time and frequency (\`features\`, 256 values), one linear layer.
It learned for ${training.ear.epochs} epochs without the held-back recordings and ${training.ear.more_epochs} more with them, in all from ${training.ear.labelled_windows} augmented and mixed windows of the training parts (ESC-10 folds 1 to 3, airspace audio, street clips as sounds that are none of the labels, and made noise),
and from ${training.ear.unlabelled_windows} windows without labels (recordings bent out of shape and sounds made of oscillators and noise).
The targets are half the label and half what YAMNet with its head says (in the second run the label alone where it is background); besides, it learns YAMNet's 1024 features and 521 scores (distillation).
Why sigmoids: sounds overlap, and a helicopter in the rain should not have to share its score; and all labels can be low at once, which is what a gate on uncertainty needs.
The temperature (${training.ear.temperature} for ear, ${training.yamnet_head.temperature} for YAMNet's head) and the recipe were fixed on held-back recordings of the training parts (ESC-10 fold 3, the last quarter of the others); the net then went on learning with these too. No setting was fitted on the validation part. One decision came after a look at it: the second run was repeated, because a count of false alarms on made noises was high (the count itself was at fault), and the repeated net was kept; it raises fewer false alarms there and gets one airspace clip fewer.
\`tools/pretrain/README.md\` says how to make it again.

## What to know before relying on it

- It knew a few hundred recordings. ESC-10 are clean close-up sounds; far away, through walls or under speech it will miss more than the table says.
- drone and helicopter were recorded by few devices in few places, and neighbouring numbers of that set may be cut from one recording: the airspace rows are optimistic.
- Speech, music and traffic are not labels: they should come out as background, not as themselves.
- Scores are calibrated on windows as common as in the sets above; where a sound is much rarer, its scores are too high.

## Data and licence

The net is this project's, under Apache-2.0. It learned from ESC-10 (K. J. Piczak, ESC: Dataset for Environmental Sound Classification, CC BY 3.0), from the audio of
A Dataset for Multi-Sensor Drone Detection (Svanström, Englund, Alonso-Fernandez, CC0), from the Fight Detection Surveillance Dataset (Akti et al., MIT) and from YAMNet (Google, Apache-2.0). None of their files is in here.
\`sample.mp4\` is rendered and synthesised by \`tools/sample\`; it holds nobody's recording.
`;
writeFileSync(join(folder, 'README.md'), text);
