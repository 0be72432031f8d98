/**
 * `npm run paper-nets -- --to <folder> [--seed 1] [--motion-size 256]`: writes the pack `paper-nets`, the three nets of
 * HMS with random weights, so that a user can see on their own machine what the paper's scale costs. 190 MB; never committed.
 */
import { parseArgs } from 'node:util';
import { writePaperNets } from './pack.js';

const { values } = parseArgs({
  options: { to: { type: 'string' }, seed: { type: 'string', default: '1' }, 'motion-size': { type: 'string', default: '256' } },
});
const { to, seed, 'motion-size': motionSize } = values;
if (to === undefined) {
  process.stderr.write('Name a folder for the pack: npm run paper-nets -- --to <folder>\n');
  process.exitCode = 2;
} else {
  const folder = await writePaperNets(to, { seed: Number(seed), motionSize: Number(motionSize) });
  process.stdout.write(`${folder}: hearken models show ${folder}\n`);
}
