import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { budgetOf, siteFigures, type Board } from '../board.js';
import { macs, number, percent } from '../format.js';
import { SpendingChart } from './spending-chart.js';

const figure = (name: string, value: string, note: string): VNode => html`<div><dt>${name}</dt><dd>${value}</dd><dd class="note">${note}</dd></div>`;

const UNITS = { ms: 'Time', gmacs: 'Operations' } as const;
type Unit = keyof typeof UNITS;

const unitSwitch = (unit: Unit, choose: (unit: Unit) => void): VNode => html`<fieldset class="switch">
  <legend class="visually-hidden">What is plotted</legend>
  ${(Object.keys(UNITS) as Unit[]).map((key) => html`<label key=${key}><input type="radio" name="unit" value=${key} checked=${unit === key} onChange=${() => { choose(key); }} /><span>${UNITS[key]}</span></label>`)}
</fieldset>`;

const against = (spent: number, budget: number | undefined, inWords: (value: number) => string): string =>
  budget === undefined ? 'no budget is set' : `${percent(spent / budget)} of ${inWords(budget)}`;

/** The whole site: how many cameras, what they cost against what they may, and how many a core would carry. */
export const SiteSummary = ({ board, theme }: { readonly board: Board; readonly theme: string }): VNode => {
  const [unit, setUnit] = useState<Unit>('ms');
  const views = board.cameras.value ?? [];
  const { cameras, running, msPerS, gmacsPerS, lookedShare, camerasPerCore } = siteFigures(views);
  const budget = budgetOf(views, unit);
  const gmacsBudget = budgetOf(views, 'gmacs');
  const ms = (value: number): string => `${number(value)} ms/s`;
  const gmacs = (value: number): string => `${macs(value)}MAC/s`;
  return html`<section class="summary" aria-label="The site">
    <dl class="site-figures">
      ${figure('Cameras running', `${running} of ${cameras}`, cameras === running ? 'all of them' : `${cameras - running} not running`)}
      ${figure('Time', ms(msPerS), budgetOf(views, 'ms') === undefined ? `${percent(msPerS / 1000)} of one core` : against(msPerS, budgetOf(views, 'ms'), ms))}
      ${figure('Operations', gmacs(gmacsPerS), against(gmacsPerS, gmacsBudget, gmacs))}
      ${figure('Looked at', percent(lookedShare), 'of all segments')}
      ${figure('Cameras per core', camerasPerCore === undefined ? '–' : `≈ ${camerasPerCore.toFixed(camerasPerCore < 10 ? 1 : 0)}`, 'by measured time in nets and decoding')}
    </dl>
    <div class="spending">
      <div class="spending-head">
        <h2>Spending <span class="note">${unit === 'ms' ? 'ms a second' : 'GMAC a second'}</span></h2>
        <ul class="legend"><li class="key-listening">listening</li><li class="key-looking">looking</li>${unit === 'ms' ? html`<li class="key-decoding">decoding</li>` : undefined}${budget === undefined ? undefined : html`<li class="key-budget">budget</li>`}</ul>
        ${unitSwitch(unit, setUnit)}
      </div>
      <${SpendingChart} bins=${board.bins.value} unit=${unit} budget=${budget} theme=${theme} />
    </div>
  </section>`;
};
