/** The plots of a learned pack. */
import { confusionPlot } from '../plots/confusion.js';
import { reliabilityPlot } from '../plots/reliability.js';
import { usagePlot } from '../plots/usage.js';
import type { Bin } from '../calibration.js';
import type { Figures } from './report.js';

const bins = (all: readonly Bin[]) => all.map(({ n, claimed, right }) => ({ confidence: claimed, accuracy: right, count: n }));

/** SVG by file name: confusion, calibration, and usage by class where there is a sense to be used. */
export const drawingsOf = async (figures: Figures, labels: readonly string[], looks: boolean): Promise<Readonly<Record<string, string>>> => {
  const { confusion, calibration, classes } = figures;
  const judged = classes.filter(({ clips }) => clips > 0);
  return {
    'confusion.svg': await confusionPlot({ title: 'Which class is taken for which', labels, counts: confusion.flat() }),
    'calibration.svg': await reliabilityPlot({ title: 'How sure it is, and how often right', series: [
      { name: 'before calibration', bins: bins(calibration.binsBefore), calibrationError: calibration.before },
      { name: 'calibrated', bins: bins(calibration.bins), calibrationError: calibration.after },
    ] }),
    ...(looks ? { 'usage.svg': await usagePlot({ title: 'How often it looks, by class', rows: judged.map(({ label, usage }) => ({ name: label, ...usage })) }) } : {}),
  };
};
