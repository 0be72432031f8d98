/** `npm run world -- card`: writes tools/world/README.md, the worlds' data card. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { SenseName } from '../../src/inference/manifest.js';
import { interval, percent, table } from '../../src/evaluate/markdown.js';
import { repositoryRoot } from '../pretrain/places.js';
import { shortcut, timbresTold } from './scenes/checks.js';
import { bayesAccuracy, informationOn, manyLatents, oracleAccuracy, recallByLabel } from './scenes/informativeness.js';
import { informative, type Latents } from './scenes/latents.js';
import { costOf, oracleOpenings } from './scenes/oracle.js';
import { PARTS } from './scenes/render.js';
import { STEPS } from './scenes/steps.js';
import { createWorld, type Sign, type World } from './scenes/world.js';

/** What the command takes. */
export const CARD_USAGE = 'npm run world -- card [--seed 1] [--of .cache/world/s2]';

const SENSES: readonly SenseName[] = ['audio', 'appearance', 'motion'];
/** What one reading of each sense costs against the others, where no nets are named. */
const LADDER = { audio: 4, appearance: 20, motion: 100 };

const said = ({ timbre, look, action }: Sign): string =>
  [timbre ?? '', look === undefined ? '' : `${look.hue} ${look.shape}`, action === undefined ? '' : `${action.family}${action.direction > 0 ? '+' : '−'}`].filter((part) => part !== '').join(' × ');

const classTable = (world: World, clips: readonly Latents[]): string => {
  const alone = SENSES.map((sense) => recallByLabel(clips, [sense]));
  return table(['class', 'group', 'known by', ...SENSES.map((sense) => `${sense}, share of information`), ...SENSES.map((sense) => `${sense} alone, recall`)], world.classes.map(({ label, group, signs }) => {
    const shares = SENSES.map((sense) => {
      const { nats, of } = informationOn(clips, label, [sense]);
      return (nats / of).toFixed(2);
    });
    return [label, group, signs.map(said).join(' or ') || 'nothing', ...shares, ...alone.map((recall) => (recall.get(label) ?? 0).toFixed(2))];
  }));
};

const SUBSETS: readonly (readonly SenseName[])[] = [['audio'], ['appearance'], ['motion'], ['audio', 'appearance'], ['audio', 'motion'], ['appearance', 'motion'], SENSES];

const policyTable = (clips: readonly Latents[]): string => {
  const always = new Uint8Array(STEPS).fill(1), never = new Uint8Array(STEPS);
  const cost = (senses: readonly SenseName[]): number => costOf(
    { appearance: senses.includes('appearance') ? always : never, motion: senses.includes('motion') ? always : never }, { ...LADDER, audio: senses.includes('audio') ? LADDER.audio : 0 });
  const full = cost(SENSES), oracle = clips.reduce((sum, clip) => sum + costOf(oracleOpenings(clip), LADDER), 0) / clips.length;
  return table(['policy', 'accuracy of the best guess', 'cost'], [
    ...SUBSETS.map((senses) => [`always ${senses.join(' + ')}`, percent(bayesAccuracy(clips, senses)), percent(cost(senses) / full)]),
    ['oracle', percent(oracleAccuracy(clips)), percent(oracle / full)],
  ]);
};

const countsOf = (folder: string): string => table(['part', 'clips', 'of each class', 'background'], PARTS.filter((part) => existsSync(join(folder, part))).map((part) => {
  const counts = new Map(readdirSync(join(folder, part)).map((label) => [label, readdirSync(join(folder, part, label)).filter((name) => name.endsWith('.mp4')).length]));
  const each = [...counts].filter(([label]) => label !== 'background').map(([, count]) => count), all = [...counts.values()].reduce((a, b) => a + b, 0);
  return [part, String(all), `${Math.min(...each)} to ${Math.max(...each)}`, String(counts.get('background') ?? 0)];
}));

const difficulty = (clips: readonly Latents[]): string => {
  const events = clips.filter(({ onsetS }) => onsetS !== undefined), share = (when: (step: number) => boolean): string =>
    percent(events.filter((clip) => {
      const told = informative(clip), { appearance, motion } = oracleOpenings(clip);
      return when(motion.includes(1) ? told.motion.indexOf(1) : appearance.includes(1) ? told.appearance.indexOf(1) : told.audio.indexOf(1));
    }).length / events.length);
  return `${share((step) => step === 0)} of the events can be told from the first step on, ${share((step) => step >= STEPS - 2)} only at the last two of ${STEPS}.`;
};

const properties = (parts: Readonly<Record<string, string>>): string => `## Properties, and how each is checked

| property | how it is made | checked by |
| --- | --- | --- |
| reproducible | every draw has a name | hashes of frames, sound and files, twice (\`clip.test.ts\`, \`streams.test.ts\`) |
| motion pairs are the same frames reversed | actions are cycles that run forwards or backwards | pixel by pixel; a classifier of single poses is at chance (\`clip.test.ts\`) |
| irrelevant sound | swapped in with a probability of 0.3 to 0.7 drawn for each class; in place of redundant sound with 0.3; 2 % of it another class's | counts (\`world.test.ts\`) |
| hard negatives | background with things of no class, and with things of motion classes that stand still in a pose of the action | their presence (\`world.test.ts\`, \`streams.test.ts\`) |
| held and drifting frames | the view holds and drifts in turn; change points are in the film's course | construction (\`camera.ts\`) |
| difficulty | 30 % of events begin at once, 20 % in time for the last two steps only | counts (\`world.test.ts\`) |
| loudness, brightness, file length tell nothing | one RMS level (±2 dB at random), one mean luma (±12 at random), files filled up to 128 KiB | a linear classifier of groups on the three: ${parts['shortcut'] ?? ''} |
| duration tells nothing | all clips have 132 frames and 84 992 samples | construction (\`steps.ts\`) |
| held-out textures, backgrounds, traits of sound | the test part has its own, which no backbone has seen in \`pretraining.ts\` either | \`clip.test.ts\` |
| timbres can be told by a small net | 17 families of sound, a world uses 14 | a line through the features of \`models/ear\`, on held-out traits: ${parts['timbres'] ?? ''} |
| S3: background share, events, lengths, lags, drift, drop-outs | shares 0.7, 0.3, 0.95 by camera; 0 to 5 events a minute, log-normal lengths, sound within ±1 s; class priors drift within 10 to 30 minutes | \`streams.test.ts\` |

## Limits

Sprites on textures are not the world: figures on S1 to S4 say how a policy compares with others on the same data, never how
it does on anybody's videos. A look is a shape and a colour, so a net that knows both knows every look. There is at most one
thing and one sound above the ambience at a time. The bits of a clip's pictures still vary with what moves in them; only the
file's length is equal.
`;

const template = (parts: Readonly<Record<string, string>>): string => `# Worlds

Videos made from latent variables, so that the right answer, the best possible policy and its cost are known. This card is
written by \`${CARD_USAGE}\`; its figures are of seed ${parts['seed'] ?? ''}.

| world | what it is | made by |
| --- | --- | --- |
| S1 | features only, from a hidden Markov chain with exact posterior | \`tools/world/latent\` |
| S2 | clips of 5.28 s, 128×128, 25 fps, a key frame each second, sound at 16 kHz; 24 classes and background | \`npm run world -- scenes --seed 1 --train 3000 --val 400 --test 1000 --to .cache/world/s2\` |
| S3 | endless streams of several cameras with S2's classes, and a timeline with the target of each step | \`npm run world -- streams --part train --cameras 6 --minutes 7 --to .cache/world/s3\` |
| S4 | S3 at 640×640 (any size) through the RTSP server of \`tools/rtsp\` | \`npm run world -- serve --cameras 2 --minutes 2\`, then \`hearken watch rtsp://127.0.0.1:8554/camera-0\` |

Rendering resumes where it was stopped; a second process with \`--backwards\` shares the work. Everything is a function of the
seed, the part and the index, bit for bit with one build of libav. \`clips.jsonl\` and the streams' \`.jsonl\` hold the latents:
they are for evaluation, nothing learns from them.

## S2: what each class is known by

The seed puts classes into groups. The share of information is what the best reader of one sense alone learns about whether
it is this class, of all there is to know; recall is of the best guess among all classes from that sense alone.

${parts['classes'] ?? ''}

Groups: \`either\` means that sound and look each suffice; \`sound-and-look\` and \`sound-and-motion\` are pairs in which each
sense alone is at chance, as with exclusive or; the classes of \`motion\` come in pairs of the same frames in reverse order.

## S2: what the senses are worth together

Bayes' rule on counts of ${parts['drawn'] ?? ''} drawn latents; costs as 4 : 20 : 100 for a reading of sound, a picture and a clip,
a key frame that was seen before at no cost, against always everything. The oracle knows the latents and looks once, where it tells.

${parts['policies'] ?? ''}

${parts['difficulty'] ?? ''}

## S2: counts

${parts['counts'] ?? ''}

${properties(parts)}`;

/** Writes the card. */
export const card = async (args: readonly string[]): Promise<void> => {
  const { values } = parseArgs({ args: [...args], options: { seed: { type: 'string', default: '1' }, of: { type: 'string', default: join(repositoryRoot(), '.cache', 'world', 's2') } } });
  const world = createWorld(Number(values.seed)), clips = manyLatents(world, 43_200), rendered = existsSync(join(values.of, 'clips.jsonl'));
  const { right, chance } = shortcut(world, 1200, rendered ? values.of : undefined);
  const path = join(repositoryRoot(), 'tools', 'world', 'README.md');
  writeFileSync(path, template({
    seed: values.seed, classes: classTable(world, clips), drawn: String(clips.length), policies: policyTable(clips), difficulty: difficulty(clips),
    counts: rendered ? countsOf(values.of) : 'Not rendered here.',
    shortcut: `${interval(right)} right, the commonest group alone gives ${percent(chance)}`,
    timbres: interval(await timbresTold(join(repositoryRoot(), 'models', 'ear'), 30, 20)),
  }));
  process.stdout.write(`${path}\n`);
};
