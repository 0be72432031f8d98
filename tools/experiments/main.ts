/**
 * `npm run experiments -- <s1|s2|s3|early|confirm|airspace> [--seeds 5] [--jobs 2] [--only fusion] [--extract] [--report [--pack]]`:
 * trains what the report compares, each model once (`.cache/experiments/<world>`), and with `--report` writes what came out, with `--pack` as a pack under models/.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { extractWorld } from './clips-world.js';
import { repositoryRoot } from '../pretrain/places.js';
import { hmsSection } from '../readme/hms.js';
import { writeSection } from '../readme/section.js';
import { cellsOf } from './cells.js';
import { computeAll } from './pool.js';
import { PACKS } from './cards.js';
import { writeWorldPack } from './pack.js';
import { beside, inShort, makeReport, writeReport } from './report.js';
import { openStore } from './store.js';
import { CONFIRM } from './confirm/cells.js';
import { runConfirm } from './confirm/command.js';
import { EARLY } from './early/cells.js';
import { runEarly } from './early/command.js';
import { runStreams, S3 } from './streams/command.js';
import { FOLDERS, resultsFolder, WORLD_NAMES, worldNamed } from './worlds.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '5' }, jobs: { type: 'string', default: '2' }, only: { type: 'string' },
    extract: { type: 'boolean', default: false }, report: { type: 'boolean', default: false }, pack: { type: 'boolean', default: false }, to: { type: 'string' }, tier: { type: 'string', default: '3' },
  },
});

const [name] = positionals;
const runOther = new Map([[S3, runStreams], [EARLY, runEarly], [CONFIRM, runConfirm]]).get(name ?? '');
if (runOther !== undefined) {
  process.exit(await runOther({ seeds: Number(values.seeds), jobs: Number(values.jobs), only: values.only, extract: values.extract, report: values.report, pack: values.pack }) > 0 ? 1 : 0);
}
if (name === undefined || !WORLD_NAMES.includes(name)) {
  process.stderr.write(`Usage: npm run experiments -- <${[...WORLD_NAMES, S3, EARLY, CONFIRM].join('|')}> [--seeds 5] [--jobs 2] [--only <texts in a name, with commas>] [--tier 3] [--extract] [--report [--pack] [--to <folder>]]\n`);
  process.exit(2);
}

const world = worldNamed(name);
const clips = FOLDERS.get(name);
if (clips !== undefined && (values.extract || !existsSync(clips.features))) for (const remark of await extractWorld(clips)) process.stderr.write(`${remark}\n`);
const store = openStore(resultsFolder(name));
const wanted = cellsOf(world.settings).filter(({ key, seed, job }) =>
  seed <= Number(values.seeds) && job.tier <= Number(values.tier) && (values.only === undefined || values.only.split(',').some((part) => key.includes(part))));
const missing = wanted.filter(({ key }) => !store.has(key)).map(({ key }) => key);
process.stderr.write(`${world.name}: ${wanted.length} cells, ${missing.length} to compute\n`);

const started = performance.now();
let done = 0;
let failed = 0;
await computeAll(missing, {
  module: fileURLToPath(new URL('child.js', import.meta.url)), args: [name], jobs: Number(values.jobs),
  onDone: ({ key, seconds, error }) => {
    done += 1;
    if (error !== undefined) failed += 1;
    const leftS = ((performance.now() - started) / 1000 / done) * (missing.length - done);
    process.stderr.write(`${done}/${missing.length} ${key} ${error === undefined ? `${seconds.toFixed(1)} s` : `failed: ${error}`}, about ${(leftS / 60).toFixed(1)} min left\n`);
  },
});
if (failed > 0) process.exitCode = 1;
if (values.report) {
  const pack = PACKS.get(name);
  const to = values.to ?? (values.pack && pack !== undefined ? join(repositoryRoot(), 'models', pack.name) : resultsFolder(name));
  const report = await makeReport(world, store, to, Number(values.seeds));
  if (values.pack && pack !== undefined && clips !== undefined) {
    const other = pack.reference;
    const reference = other === undefined ? '' : await beside(worldNamed(other), openStore(resultsFolder(other)), Number(values.seeds));
    const { ['report.md']: page = '', ...rest } = Object.fromEntries(report.files);
    await writeWorldPack(report.shipped, report.data.train, clips.packs, pack.words, to, new Map([...Object.entries(rest), ['README.md', `${[pack.card, page.trimEnd(), reference].filter((part) => part !== '').join('\n\n')}\n`]]));
    writeSection('hms', hmsSection());
  } else writeReport(report, to);
  process.stderr.write(`${to}: ${inShort(report)}\n`);
}
