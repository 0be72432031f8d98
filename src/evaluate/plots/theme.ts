/** How plots look: one font, few lines, and colours that can be told apart on white, on black, and by colour-blind readers. */
import type { SenseName } from '../../inference/manifest.js';
import type { Config } from 'vega-lite';

const INK = '#1f2328';
const PALE = '#59636e';
const GRID = '#d8dee4';
const PAPER = '#ffffff';

/** Colours that the dark scheme puts in the place of the light one's; they occur in plots only in these roles. */
const DARK: Readonly<Record<string, string>> = { [INK]: '#e6edf3', [PALE]: '#9198a1', [GRID]: '#30363d', [PAPER]: '#0d1117' };

/** One colour for each sense, the same in all plots. */
export const SENSE_COLOURS: Readonly<Record<SenseName, string>> = { audio: '#8a7cc8', appearance: '#2f8fd0', motion: '#e07b39' };

/** Colours for series, in the order they are given out. */
export const SERIES_COLOURS: readonly string[] = ['#2f8fd0', '#e07b39', '#3a9d6e', '#c2589a', '#8a7cc8', '#b8901f', '#7f8c8d', '#d05050'];

/** The colour of text and of marks that are no series. */
export const INK_COLOUR = INK;

/** The colour of what stands behind: chance lines, explanations. */
export const PALE_COLOUR = PALE;

const font = 'Helvetica, Arial, sans-serif';

/** Vega-Lite's configuration for all plots. */
export const CONFIG: Config = {
  font,
  // Marks would each repeat their data in words: ten times the size.
  aria: false,
  background: PAPER,
  padding: 12,
  view: { stroke: null },
  axis: {
    labelColor: PALE, titleColor: INK, gridColor: GRID, domainColor: GRID, tickColor: GRID,
    labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal', labelLimit: 260,
  },
  legend: { labelColor: INK, titleColor: INK, labelFontSize: 11, titleFontSize: 12, titleFontWeight: 'normal', labelLimit: 320, symbolStrokeWidth: 2 },
  header: { labelColor: INK, titleColor: INK, labelFontSize: 12, titleFontSize: 12, titleFontWeight: 'normal' },
  title: { color: INK, subtitleColor: PALE, fontSize: 14, subtitleFontSize: 11, anchor: 'start', fontWeight: 'bold', offset: 12, subtitlePadding: 5 },
  range: { category: [...SERIES_COLOURS] },
};

/** The sheet that swaps the roles' colours in the dark scheme; attributes of an SVG yield to it. */
export const STYLE = `<style>@media (prefers-color-scheme: dark){${Object.entries(DARK).map(([light, dark]) => `[fill="${light}"]{fill:${dark}}[stroke="${light}"]{stroke:${dark}}`).join('')}rect[fill="white"]{fill:${DARK[PAPER] ?? PAPER}}}</style>`;
