/** The report's plots. */
import { confusionPlot } from '../../src/evaluate/plots/confusion.js';
import { curvePlot } from '../../src/evaluate/plots/curve.js';
import { gatesOverClipsPlot } from '../../src/evaluate/plots/gates.js';
import { reliabilityPlot } from '../../src/evaluate/plots/reliability.js';
import { usagePlot } from '../../src/evaluate/plots/usage.js';
import type { Facts, Row } from './numbers.js';
import type { Summary } from './summary.js';

const pointOf = ({ gmacsPerS: cost, accuracy }: Row) => ({ cost, accuracy });

/** All plots of a report, by file name. */
export const figuresOf = async (s: Summary, facts: Facts, world: string): Promise<ReadonlyMap<string, string>> => {
  const order = facts.labels.map((_, k) => k).sort((a, b) => (facts.groups[a] ?? '').localeCompare(facts.groups[b] ?? '') || a - b);
  const labels = order.map((k) => facts.labels[k] ?? '');
  const counts = order.flatMap((row) => order.map((column) => s.confusion[row]?.[column] ?? 0));
  const seeds = `${s.seeds} training seeds, 95 % intervals over seeds and clips`;
  const byClass = [...s.usageByClass].sort((a, b) => a.group.localeCompare(b.group));
  return new Map([
    ['curve.svg', await curvePlot({
      title: `Accuracy against compute (${world})`, subtitle: seeds,
      series: [
        { name: 'HMS, skip targets swept', kind: 'line', points: s.sweep.map(pointOf) },
        { name: 'HMS, random at the same rates', kind: 'line', points: s.sweep.map((row) => pointOf(row.random)) },
        { name: 'HMS, opened by the oracle', kind: 'points', points: [pointOf(s.oracle)] },
        { name: 'fixed senses, early fusion', kind: 'points', points: s.subsets.map((row) => ({ ...pointOf(row), label: row.name.replace(/ \(.*/, '') })) },
        { name: 'all senses, every n-th step', kind: 'points', points: s.strides.map((row) => ({ ...pointOf(row), label: row.name.replace(/^.*, n = /, 'n = ').replace(/ \(.*/, '') })) },
      ],
    })],
    ['confusion.svg', await confusionPlot({ title: `What is taken for what (${world}, HMS)`, subtitle: `share of each row [%], all ${s.seeds} seeds together`, labels, counts })],
    ['usage-by-class.svg', await usagePlot({ title: `How often HMS looks and watches, by class (${world})`, rows: byClass.map(({ label, group, usage, needs }) => ({ name: label, group, ...usage, best: needs })) })],
    ['usage-by-group.svg', await usagePlot({ title: `How often HMS looks and watches, by group (${world})`, rows: s.usageByGroup.map(({ group, usage }) => ({ name: group, ...usage })) })],
    ['reliability.svg', await reliabilityPlot({
      title: `How sure, and how often right (${world}, HMS)`,
      series: [{ name: 'last answer of a clip', calibrationError: s.calibration.error, bins: s.calibration.bins.map(({ n, claimed, right }) => ({ count: n, confidence: claimed, accuracy: right })) }],
    })],
    ['gates.svg', await gatesOverClipsPlot({ title: `When the gates open (${world}, HMS)`, stepS: facts.stepS, firstEndS: 0.96, groups: s.gates })],
  ]);
};
