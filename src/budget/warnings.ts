/** What budgets may not mean, held against what the nets of the cameras cost. Pure. */
import type { CameraBudgetSettings, SiteBudgetSettings } from '../settings/budget.js';
import type { GraphCosts } from './action-costs.js';

/** One camera, as far as its budget goes. */
export interface BudgetedCamera {
  readonly name: string;
  readonly budget: CameraBudgetSettings;
  /** What its nets cost; a sense that is never used costs nothing and is not in `senses`. */
  readonly graph: GraphCosts;
  readonly senses: readonly ('appearance' | 'motion')[];
}

/** What is odd, and whose budget it is: a camera's, or the site's. */
export interface BudgetWarning {
  /** Undefined for the budget of all cameras. */
  readonly camera?: string;
  /** The setting, as the program spells it. */
  readonly key: keyof CameraBudgetSettings;
  readonly message: string;
}

type Cap = Pick<SiteBudgetSettings, 'gmacsPerS' | 'msPerS' | 'burstS'>;

const WHAT = { appearance: 'a look at a picture', motion: 'a look at a clip' } as const;

const hearingPerS = ({ gmacs, hopUs }: GraphCosts): number => (gmacs.audio * 1e6) / hopUs;

const told = (gmacs: number): string => `${(gmacs * 1000).toFixed(1)} MMAC`;

/** A cap against what hearing costs, for one camera or for all. */
const ofHearing = (cap: Cap, perS: number, whose: string): Omit<BudgetWarning, 'camera'>[] => {
  const { gmacsPerS, msPerS } = cap;
  if (gmacsPerS === 0 || msPerS === 0) return [{ key: gmacsPerS === 0 ? 'gmacsPerS' : 'msPerS', message: `a budget of nothing: ${whose} will neither look nor listen` }];
  if (gmacsPerS === null || perS <= gmacsPerS) return [];
  return [{ key: 'gmacsPerS', message: `listening alone costs ${told(perS)} a second, so that only ${Math.floor((gmacsPerS / perS) * 100)} % of the segments will be heard, and nothing looked at` }];
};

/** A cap against the dearest single look. */
const ofLooks = (cap: Cap, hearing: number, { graph, senses }: BudgetedCamera, whose: string): Omit<BudgetWarning, 'camera'>[] => {
  const { gmacsPerS, burstS } = cap;
  if (gmacsPerS === null || gmacsPerS === 0 || hearing > gmacsPerS) return [];
  const left = (gmacsPerS - hearing) * burstS;
  return senses.filter((sense) => graph.gmacs[sense] > left).map((sense) => ({
    key: 'gmacsPerS', message: `${WHAT[sense]} costs ${told(graph.gmacs[sense])}, and beside listening ${whose} never has more than ${told(left)} at once (burst_s is ${burstS}): it never runs`,
  }));
};

const ofCamera = (camera: BudgetedCamera, site: Cap): BudgetWarning[] => {
  const { name, budget, graph } = camera;
  const whose = `the camera ${name}`;
  const above = (key: 'gmacsPerS' | 'msPerS'): Omit<BudgetWarning, 'camera'>[] => {
    const [own, all] = [budget[key], site[key]];
    return own !== null && all !== null && own > all ? [{ key, message: `${own} is more than all cameras may spend together, which is ${all}` }] : [];
  };
  const share = budget.minimumShare ?? 0;
  const contradicts = (['gmacsPerS', 'msPerS'] as const).some((key) => budget[key] !== null && site[key] !== null && share * site[key] > budget[key]);
  return [
    ...ofHearing(budget, hearingPerS(graph), whose),
    ...ofLooks(budget, hearingPerS(graph), camera, whose),
    ...above('gmacsPerS'), ...above('msPerS'),
    ...(contradicts ? [{ key: 'minimumShare' as const, message: 'promises more than the camera’s own cap allows' }] : []),
    ...(share > 0 && site.gmacsPerS === null && site.msPerS === null ? [{ key: 'minimumShare' as const, message: 'is a share of nothing: there is no budget of all cameras' }] : []),
  ].map((warning) => ({ camera: name, ...warning }));
};

/** All that is odd about the budgets of a site. */
export const budgetWarnings = (site: Cap, cameras: readonly BudgetedCamera[]): BudgetWarning[] => {
  const hearing = cameras.reduce((sum, { graph }) => sum + hearingPerS(graph), 0);
  const claimed = cameras.reduce((sum, { budget: { minimumShare = 0 } }) => sum + minimumShare, 0);
  const ofAll = cameras.flatMap((camera) => ofLooks(site, hearing, camera, 'the site'));
  return [
    ...(cameras.length === 0 ? [] : ofHearing(site, hearing, 'the cameras')),
    // The same nets cost the same for every camera.
    ...ofAll.filter(({ message }, i) => ofAll.findIndex((other) => other.message === message) === i),
    ...(claimed > 1 ? [{ key: 'minimumShare' as const, message: `the minimum shares of the cameras add up to ${claimed.toFixed(2)}: not all can be kept` }] : []),
    ...cameras.flatMap((camera) => ofCamera(camera, site)),
  ];
};
