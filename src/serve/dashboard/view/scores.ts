import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { LabelScore, SegmentMessage } from '../../../emit/types.js';
import type { CameraView } from '../board.js';
import { duration, label, score } from '../format.js';

/** How many labels each list shows. */
const MOST = 3;
/** When not even the best reaches this, there is nothing to tell. */
const LEAST = 0.01;
/** A look of before this is told in a lighter tone [s]. */
const OLD_S = 10;

const row = ({ label: name, score: value }: LabelScore): VNode => html`<li key=${name}>
  <span class="score-label">${label(name)}</span>
  <span class="bar"><span class="bar-fill" style=${{ width: `${(value * 100).toFixed(1)}%` }}></span></span>
  <span class="value">${score(value)}</span>
</li>`;

const list = (title: string, note: string, labels: readonly LabelScore[], old: boolean): VNode => html`<section class=${`scores${old ? ' old' : ''}`}>
  <h4>${title}${note === '' ? '' : html` <span class="note">${note}</span>`}</h4>
  ${(labels[0]?.score ?? 0) < LEAST ? html`<p class="absent">nothing in particular</p>` : html`<ul>${labels.slice(0, MOST).map(row)}</ul>`}
</section>`;

const look = (title: string, wire: SegmentMessage['seen']): VNode | undefined =>
  wire === null ? undefined : list(title, `${duration(wire.age_s)} ago`, wire.labels, wire.age_s > OLD_S);

/** What the camera hears, has seen, and knows: the best labels of each, with their scores. */
export const Scores = ({ view }: { readonly view: CameraView }): VNode => {
  const segment = view.segment.value;
  if (segment === undefined) return html`<p class="absent">Nothing was recognised yet.</p>`;
  const { heard, seen, watched, known } = segment;
  return html`<div class="score-lists">
    ${known === undefined ? undefined : list('Knows', '', known, false)}
    ${heard.length === 0 ? html`<section class="scores"><h4>Hears</h4><p class="absent">nothing to listen to</p></section>` : list('Hears', '', heard, false)}
    ${look('Saw', seen)}
    ${look('Watched', watched)}
  </div>`;
};
