import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { budgetsOf, readBudgets } from '../../pipelines/evaluate/budget-flag.js';
import { evaluateOptionsOf } from '../../pipelines/evaluate/flags.js';
import type { PolicyReport } from '../../src/evaluate/policy-report.js';
import { hearken } from '../fixtures/command.js';
import { faultOf } from '../inference/shared.js';
import { temporary } from '../learn/made.js';
import { bytesAt, clipAt, plain, toneOf, twoClasses, writeTinyPacks } from '../learn/tiny.js';

describe('hearken evaluate', function () {
  this.timeout(300_000);
  const [models, data, cache, to] = [temporary(), temporary(), temporary(), temporary()];
  const environment = { HEARKEN_MODELS: models };
  const evaluate = async (...more: readonly string[]) => hearken(['evaluate', '--policy', 'tones', '--data', data, '--cache', cache, ...more], environment);

  before(async () => {
    await writeTinyPacks(models);
    twoClasses(data, 6);
    const { code, stderr } = await hearken(['learn', '--data', data, '--audio', 'tiny-ear', '--appearance', 'tiny-eye', '--motion', 'tiny-stride', '--to', 'tones', '--cache', cache, '--epochs', '12', '--json'], environment);
    expect(code, stderr.join('\n')).to.equal(0);
  });

  it('says what budgets buy and what early answers lose, as a page, as JSON and as plots', async () => {
    bytesAt(data, 'low/words.mp4', 'these are no pictures');
    const { code, stdout, stderr } = await evaluate('--budget', '20%,100%', '--to', to, '--json');
    expect(code, stderr.join('\n')).to.equal(0);
    const report = JSON.parse(stdout.at(-1) ?? '') as PolicyReport;
    expect(stderr.join('\n') + stdout.join('\n')).to.contain('low/words.mp4');
    expect([report.schema, report.pack, report.recordings]).to.deep.equal(['hearken.evaluation.v1', 'tones', 12]);
    expect(report.accuracy.value, 'what it was taught with').to.equal(1);
    expect(report.budgets.map(({ violations }) => violations)).to.deep.equal([0, 0]);
    expect(report.budgets[1]!.granting.value).to.equal(report.accuracy.value);
    expect(report.early.find(({ name }) => name.startsWith('after'))?.seconds).to.be.above(0);
    for (const file of ['README.md', 'report.json', 'budget.svg', 'early.svg', 'reliability.svg']) expect(existsSync(join(to, file)), file).to.equal(true);
    expect(readFileSync(join(to, 'README.md'), 'utf8')).to.contain('## Under a budget for each recording').and.contain('| granted |');
  });

  it('says what is wrong with what it is given', async () => {
    const small = await evaluate('--budget', '0.000001');
    expect([small.code, small.stderr.at(-1)]).to.satisfy(([code, line]: [number, string]) => code !== 0 && line.includes('pays for no step'));
    clipAt(data, 'middle/0.mkv', { video: plain(2, [3, 3, 3]), audio: toneOf(2, 1000) });
    const unknown = await evaluate();
    expect(unknown.stderr.at(-1)).to.contain('tones does not know middle').and.contain('high, low');
    const none = await hearken(['evaluate', '--policy', 'tiny-ear', '--data', data], environment);
    expect(none.stderr.at(-1)).to.contain('holds no policy');
  });
});

describe('the flags of hearken evaluate', () => {
  const graph = { gmacs: { audio: 0.1, appearance: 0.4, motion: 0.5 } };

  it('take budgets as amounts or as parts of always everything, smallest first, none twice', () => {
    expect(budgetsOf(readBudgets('50%, 2.5,0.1, 5'), graph, 10)).to.deep.equal([0.1, 2.5, 5]);
  });

  it('refuse what is no amount, no part, or missing', async () => {
    for (const text of ['', 'much', '-1', '0', '5%%']) await faultOf('usage', () => readBudgets(text));
    await faultOf('usage', () => evaluateOptionsOf({ data: 'x' }));
    await faultOf('usage', () => evaluateOptionsOf({ policy: 'x' }));
    await faultOf('usage', () => evaluateOptionsOf({ policy: 'x', data: 'y', part: 'some' }));
    expect(evaluateOptionsOf({ policy: 'x', data: 7 }).data).to.equal('7');
  });
});
