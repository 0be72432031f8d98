/** `npm run readme`: writes what the sample prints and what the ear's card measured into README.md. The benchmark writes its own section. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hmsSection } from './hms.js';
import { writeSection } from './section.js';

/** Of the segments that are much alike, one in so many is shown. */
const SHOWN = 6;
const MAIN = fileURLToPath(new URL('../../pipelines/main.js', import.meta.url));

const sample = (): string => {
  const lines = execFileSync(process.execPath, [MAIN, 'watch', 'sample'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trimEnd().split('\n');
  let segments = 0;
  const shown = lines.filter((line) => !/ (hears) /.test(line) || (segments += 1) % SHOWN === 1);
  return ['```', ...shown.map((line) => line.trimEnd()), '```'].join('\n');
};

/** The card's tables of size and accuracy, which a command made from metrics.json. */
const ear = (): string => {
  const card = readFileSync('models/ear/README.md', 'utf8');
  const tables = card.split('\n\n').filter((part) => part.startsWith('| '));
  return `The embedded net beside its teacher, from [its card](models/ear/README.md), which says how it was made and where it fails (ESC-10 fold 4 and the airspace recordings held back; 95 % intervals):\n\n${tables.slice(0, 2).join('\n\n')}`;
};

writeSection('sample', sample());
writeSection('ear', ear());
writeSection('hms', hmsSection());
