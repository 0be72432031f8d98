import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { budgetOf, siteFigures, type Board } from '../board.js';
import { macs, number, percent } from '../format.js';
import { SpendingChart, type Unit } from './spending-chart.js';

const figure = (name: string, value: string, note: string): VNode => html`<div><dt>${name}</dt><dd>${value}</dd><dd class="note">${note}</dd></div>`;

const UNITS: Readonly<Record<Unit, { readonly name: string; readonly note: string; readonly keys: readonly string[] }>> = {
  ms: { name: 'Time', note: 'ms a second', keys: ['listening', 'looking', 'decoding'] },
  gmacs: { name: 'Operations', note: 'GMAC a second', keys: ['listening', 'looking'] },
  booked: { name: 'Budget', note: 'booked, in per cent', keys: [] },
};

const unitSwitch = (units: readonly Unit[], unit: Unit, choose: (unit: Unit) => void): VNode => html`<fieldset class="switch">
  <legend class="visually-hidden">What is plotted</legend>
  ${units.map((key) => html`<label key=${key}><input type="radio" name="unit" value=${key} checked=${unit === key} onChange=${() => { choose(key); }} /><span>${UNITS[key].name}</span></label>`)}
</fieldset>`;

const against = (spent: number, budget: number | undefined, inWords: (value: number) => string): string =>
  budget === undefined ? 'no budget is set' : `${percent(spent / budget)} of ${inWords(budget)}`;

/** The whole site: how many cameras, what they cost against what they may, and how many a core would carry. */
export const SiteSummary = ({ board, theme }: { readonly board: Board; readonly theme: string }): VNode => {
  const [unit, setUnit] = useState<Unit>('ms');
  const views = board.cameras.value ?? [];
  const { cameras, running, msPerS, gmacsPerS, lookedShare, camerasPerCore } = siteFigures(views);
  const booked = board.bins.value.at(-1)?.booked ?? null;
  const budgeted = board.bins.value.some((bin) => bin.booked !== null);
  const budget = unit === 'booked' ? 100 : budgetOf(views, unit);
  const gmacsBudget = budgetOf(views, 'gmacs');
  const { note, keys } = UNITS[unit];
  const ms = (value: number): string => `${number(value)} ms/s`;
  const gmacs = (value: number): string => `${macs(value)}MAC/s`;
  return html`<section class="summary" aria-label="The site">
    <dl class="site-figures">
      ${figure('Cameras running', `${running} of ${cameras}`, cameras === running ? 'all of them' : `${cameras - running} not running`)}
      ${figure('Time', ms(msPerS), budgetOf(views, 'ms') === undefined ? `${percent(msPerS / 1000)} of one core` : against(msPerS, budgetOf(views, 'ms'), ms))}
      ${figure('Operations', gmacs(gmacsPerS), booked === null ? against(gmacsPerS, gmacsBudget, gmacs) : `${percent(booked)} of the budget is booked`)}
      ${figure('Looked at', percent(lookedShare), 'of all segments')}
      ${figure('Cameras per core', camerasPerCore === undefined ? '–' : `≈ ${camerasPerCore.toFixed(camerasPerCore < 10 ? 1 : 0)}`, 'by measured time in nets and decoding')}
    </dl>
    <div class="spending">
      <div class="spending-head">
        <h2>Spending <span class="note">${note}</span></h2>
        <ul class="legend">${keys.map((key) => html`<li key=${key} class=${`key-${key}`}>${key}</li>`)}${budget === undefined ? undefined : html`<li class="key-budget">budget</li>`}</ul>
        ${unitSwitch(budgeted ? ['ms', 'gmacs', 'booked'] : ['ms', 'gmacs'], unit, setUnit)}
      </div>
      <${SpendingChart} bins=${board.bins.value} unit=${unit} budget=${budget} theme=${theme} />
    </div>
  </section>`;
};
