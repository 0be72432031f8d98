import { expect } from 'chai';
import { confusionPlot } from '../../../src/evaluate/plots/confusion.js';
import { curvePlot, type Measured } from '../../../src/evaluate/plots/curve.js';
import { gatesOverClipsPlot, gatesOverStreamPlot } from '../../../src/evaluate/plots/gates.js';
import { reliabilityPlot } from '../../../src/evaluate/plots/reliability.js';
import { usagePlot } from '../../../src/evaluate/plots/usage.js';

const about = (value: number): Measured => ({ value, low: value - 0.02, high: value + 0.02 });

/** All that a reader can read in a plot. */
const textsOf = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1] ?? '');

const curve = {
  title: 'Accuracy and cost',
  series: [
    { name: 'HMS', kind: 'line', points: [{ cost: 0.02, accuracy: about(0.85) }, { cost: 0.01, accuracy: about(0.8) }] },
    { name: 'fixed', kind: 'points', points: [{ cost: 0.3, accuracy: about(0.9), label: 'A+I+M' }] },
  ],
} as const;

describe('plots', () => {
  it('stand by themselves, are the same for the same numbers, and have a dark scheme', async () => {
    const svg = await curvePlot(curve);
    expect(svg).to.match(/^<svg /).and.contain('</svg>').and.contain('prefers-color-scheme: dark');
    expect(svg).not.to.match(/https?:\/\/(?!www\.w3\.org)/);
    expect(await curvePlot(curve)).to.equal(svg);
  });

  it('name what they show, with units on the axes', async () => {
    const texts = textsOf(await curvePlot(curve));
    expect(texts).to.include.members(['Accuracy and cost', 'HMS', 'fixed', 'A+I+M', 'accuracy [%]']);
    expect(texts.some((text) => text.startsWith('cost ['))).to.equal(true);
  });

  it('has another axis for what is paid in other coin', async () => {
    const texts = textsOf(await curvePlot({ ...curve, axis: { title: 'mean time of the answer [s]', scale: 'linear' } }));
    expect(texts).to.include('mean time of the answer [s]');
    expect(texts.some((text) => text.startsWith('cost ['))).to.equal(false);
  });

  it('join a sweep by cost, whatever order it came in', async () => {
    const backwards = { ...curve, series: curve.series.map((series) => ({ ...series, points: [...series.points].reverse() })) };
    const lines = (svg: string): string[] => [...svg.matchAll(/role-mark layer_1_marks"[^]*?d="([^"]*)"/g)].map((match) => match[1] ?? '');
    const [forward, backward] = [await curvePlot(curve), await curvePlot(backwards)];
    expect(lines(forward)).to.have.length(1);
    expect(lines(forward)).to.deep.equal(lines(backward));
  });

  it('show a confusion row by row in percent of the row, and nothing where nothing was confused', async () => {
    const texts = textsOf(await confusionPlot({ title: 'Confusion', labels: ['bird', 'drone'], counts: [3, 1, 0, 20] }));
    expect(texts).to.include.members(['bird (4)', 'drone (20)', '75', '25', '100']);
    expect(texts).not.to.include('0');
  });

  it('show a class that has no samples as an empty row', async () => {
    const texts = textsOf(await confusionPlot({ title: 'Confusion', labels: ['bird', 'drone'], counts: [0, 0, 0, 20] }));
    expect(texts).to.include.members(['bird (0)', 'drone (20)']);
    expect(texts).not.to.include('NaN');
  });

  it('show usage by class under its group, and the best policy only where it is known', async () => {
    const row = (name: string, group: string) => ({ name, group, appearance: about(0.3), motion: about(0.1) });
    const rows = [row('dog', 'heard'), row('door', 'seen')];
    const plain = await usagePlot({ title: 'Usage', rows });
    const known = await usagePlot({ title: 'Usage', rows: rows.map((one) => ({ ...one, best: { appearance: 0.2, motion: 0 } })) });
    expect(textsOf(plain)).to.include.members(['dog', 'door', 'heard', 'seen']);
    expect(textsOf(known).join()).to.contain('best possible');
    expect(textsOf(plain).join()).not.to.contain('best possible');
  });

  it('show calibration with its error', async () => {
    const svg = await reliabilityPlot({ title: 'Calibration', series: [{ name: 'all', calibrationError: 0.031, bins: [{ confidence: 0.4, accuracy: 0.5, count: 3 }, { confidence: 0.9, accuracy: 0.8, count: 0 }] }] });
    expect(textsOf(svg)).to.include('all (ECE 3.1 %)');
    expect(svg.match(/role-mark layer_2_marks/g)).to.have.length(1);
  });

  it('show gates over clips and over one stream', async () => {
    const clips = textsOf(await gatesOverClipsPlot({ title: 'Gates', stepS: 0.48, firstEndS: 0.96, groups: [{ name: 'heard', appearance: [1, 0.5], motion: [0, 0.1] }] }));
    expect(clips).to.include.members(['looks (appearance)', 'watches (motion)', 'heard', 'time into the clip [s]']);
    const step = { appearance: true, motion: false, belief: 0.9 };
    const stream = textsOf(await gatesOverStreamPlot({ title: 'One stream', steps: [{ ...step, fromS: 0, toS: 0.48 }, { ...step, fromS: 0.48, toS: 0.96 }], truth: [{ label: 'drone', fromS: 0.2, toS: 0.9 }] }));
    expect(stream).to.include.members(['drone', 'time [s]', 'belief in what is true [%]']);
  });
});
