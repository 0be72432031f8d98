import { draw } from './draw.js';
import { INK_COLOUR, PALE_COLOUR, SENSE_COLOURS, SERIES_COLOURS } from './theme.js';

/** When the gates open over the length of clips, in one group of classes. */
export interface OpeningRates {
  readonly name: string;
  /** `[T]`, share of clips whose gate is open at each step, 0…1. */
  readonly appearance: readonly number[];
  readonly motion: readonly number[];
}

/** What the plot of gates over clips needs. */
export interface GatesOverClips {
  readonly title: string;
  /** From one step to the next, and the end of the first step [s of media time]. */
  readonly stepS: number;
  readonly firstEndS: number;
  readonly groups: readonly OpeningRates[];
}

const SENSES = ['appearance', 'motion'] as const;
const VERBS = { appearance: 'looks (appearance)', motion: 'watches (motion)' } as const;

/** At which time into a clip the gates open, for each group of classes: a policy that waits for what matters shows it here. */
export const gatesOverClipsPlot = async ({ title, stepS, firstEndS, groups }: GatesOverClips): Promise<string> => {
  const values = groups.flatMap((group) => SENSES.flatMap((sense) => group[sense].map((share, t) => ({
    group: group.name, sense: VERBS[sense], timeS: firstEndS + t * stepS, share: share * 100,
  }))));
  return draw({
    title: { text: title }, data: { values }, spacing: 24,
    facet: { column: { field: 'sense', type: 'nominal', sort: SENSES.map((sense) => VERBS[sense]), title: null } },
    spec: {
      width: 300, height: 220, mark: { type: 'line', strokeWidth: 2, point: { size: 30, filled: true } },
      encoding: {
        x: { field: 'timeS', type: 'quantitative', title: 'time into the clip [s]', scale: { nice: false } },
        y: { field: 'share', type: 'quantitative', title: 'clips whose gate is open [%]', scale: { zero: true } },
        color: { field: 'group', type: 'nominal', sort: null, title: null, scale: { domain: groups.map((group) => group.name), range: [...SERIES_COLOURS] } },
      },
    },
  });
};

/** What one stream did, step by step. */
export interface GatesOverStream {
  readonly title: string;
  readonly steps: readonly {
    /** Begin and end of the step's own stretch of time [s of media time]. */
    readonly fromS: number;
    readonly toS: number;
    readonly appearance: boolean;
    readonly motion: boolean;
    /** Belief in what is true at this step, 0…1. */
    readonly belief: number;
  }[];
  /** What is true, and from when to when [s]. */
  readonly truth: readonly { readonly label: string; readonly fromS: number; readonly toS: number }[];
}

/** One stream along its time: what happens, when the gates open, and how far the belief is right. */
export const gatesOverStreamPlot = async ({ title, steps, truth }: GatesOverStream): Promise<string> => {
  const domain = [Math.min(...steps.map((step) => step.fromS)), Math.max(...steps.map((step) => step.toS))];
  const x = { field: 'fromS', type: 'quantitative', title: null, scale: { domain, nice: false }, axis: { labels: false, ticks: false, grid: false } } as const;
  const open = steps.flatMap((step) => SENSES.filter((sense) => step[sense]).map((sense) => ({ ...step, sense: VERBS[sense] })));
  const happens = { field: 'row', type: 'nominal', title: null, axis: { ticks: false, grid: false } } as const;
  return draw({
    title: { text: title }, spacing: 6,
    vconcat: [
      {
        data: { values: truth.map((one) => ({ ...one, row: 'happens' })) }, width: 640, height: 24,
        layer: [
          { mark: { type: 'rect', color: '#3a9d6e', opacity: 0.35 }, encoding: { x, x2: { field: 'toS' }, y: happens } },
          { mark: { type: 'text', align: 'left', dx: 4, fontSize: 11, color: INK_COLOUR }, encoding: { x, y: happens, text: { field: 'label' } } },
        ],
      },
      {
        data: { values: open }, width: 640, height: 56, mark: { type: 'rect' },
        encoding: {
          x, x2: { field: 'toS' }, y: { field: 'sense', type: 'nominal', scale: { domain: SENSES.map((sense) => VERBS[sense]) }, title: null, axis: { ticks: false } },
          color: { field: 'sense', type: 'nominal', legend: null, scale: { domain: SENSES.map((sense) => VERBS[sense]), range: SENSES.map((sense) => SENSE_COLOURS[sense]) } },
        },
      },
      {
        data: { values: steps.map((step) => ({ toS: step.toS, belief: step.belief * 100 })) }, width: 640, height: 110,
        mark: { type: 'line', interpolate: 'step-before', color: PALE_COLOUR, strokeWidth: 1.8 },
        encoding: {
          x: { field: 'toS', type: 'quantitative', title: 'time [s]', scale: { domain, nice: false } },
          y: { field: 'belief', type: 'quantitative', title: 'belief in what is true [%]', scale: { domain: [0, 100] } },
        },
      },
    ],
  });
};
