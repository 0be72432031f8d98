import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { brings, type CameraView } from '../board.js';

/** What the meter shows as nothing [dBFS]: rooms that are called quiet lie just above. */
const FLOOR_DBFS = -70;

const shareOf = (dbfs: number): number => Math.min(1, Math.max(0, 1 - dbfs / FLOOR_DBFS));

/** How loud it is. */
export const LevelMeter = ({ view }: { readonly view: CameraView }): VNode => {
  const report = view.report.value;
  // What was heard before the stream broke off is not how loud it is.
  const dbfs = brings(report) ? view.segment.value?.level_dbfs ?? report.figures.audio_dbfs : null;
  if (dbfs === null) return html`<div class="reading level"><span class="reading-name">Level</span><span class="absent">no sound</span></div>`;
  const share = shareOf(dbfs);
  return html`<div class="reading level">
    <span class="reading-name">Level</span>
    <span class="bar" role="meter" aria-label=${`Level of the sound of ${view.name}`} aria-valuemin=${FLOOR_DBFS} aria-valuemax="0" aria-valuenow=${Math.max(FLOOR_DBFS, dbfs)} aria-valuetext=${`${dbfs.toFixed(0)} dBFS`}>
      <span class=${`bar-fill${dbfs > -6 ? ' loud' : ''}`} style=${{ width: `${(share * 100).toFixed(1)}%` }}></span>
    </span>
    <span class="value">${dbfs <= -120 ? 'silence' : `${dbfs.toFixed(0)} dBFS`}</span>
  </div>`;
};
