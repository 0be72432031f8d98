import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { useState } from 'preact/hooks';
import { asFault } from '../../../faults.js';
import type { SegmentMessage } from '../../../emit/types.js';
import type { CameraReport } from '../../camera-report.js';
import type { HearkenClient } from '../../client.js';
import type { CameraView } from '../board.js';
import { clock, duration, label, macs, number, percent } from '../format.js';
import { GateTimeline } from './gate-timeline.js';
import { LevelMeter } from './level-meter.js';
import { Picture } from './picture.js';
import { Scores } from './scores.js';

/** A gate that has been shut for too long is worse news than that the stream runs. One that is off shuts nothing. */
const blackouts = ({ gates }: CameraReport): string[] => Object.entries(gates).flatMap(([gate, { blackout, mode }]) => blackout && mode !== 'off' ? [gate] : []);

const STATE_WORDS: Readonly<Record<CameraReport['state'], string>> = {
  starting: 'starting', running: 'running', blocked: 'blocked: this machine cannot follow', stalled: 'stalled', ended: 'ended', failed: 'failed',
};

const notes = (report: CameraReport): VNode | undefined => {
  const { fault, retry_time: retry, gates } = report;
  const shut = blackouts(report);
  if (fault === null && shut.length === 0) return undefined;
  return html`<div class="faults">
    ${fault === null ? undefined : html`<p class="fault"><strong>${fault.message}</strong> ${fault.remedy ?? ''}${retry === null ? '' : ` Next attempt at ${clock(retry)}.`}</p>`}
    ${shut.map((gate) => html`<p class="fault" key=${gate}><strong>The ${gate} gate has been shut too long.</strong> It last opened ${lastOpened(gates, gate)}; it may be blinding this camera. See gate.max_blackout_s.</p>`)}
  </div>`;
};

const lastOpened = (gates: CameraReport['gates'], gate: string): string => {
  const time = Object.entries(gates).find(([name]) => name === gate)?.[1].last_opened_time ?? null;
  return time === null ? 'never' : `at ${clock(time)}`;
};

const figure = (name: string, value: ComponentChildren, title: string, wide = false): VNode => html`<div title=${title} class=${wide ? 'wide' : undefined}><dt>${name}</dt><dd>${value}</dd></div>`;

/** Some sources do not say how large their pictures are before one is decoded. */
const videoOf = ({ codec, width, height }: { readonly codec: string; readonly width?: number | undefined; readonly height?: number | undefined }): string =>
  width === undefined || height === undefined ? codec : `${codec} ${width}×${height}`;

/** What a gate in the mode shadow would miss and save, from the segments that were looked at in full. */
const auditOf = (segment: SegmentMessage | undefined): VNode[] => {
  const audit = segment?.so_far.audit;
  return audit === undefined ? [] : [
    figure('would miss', `${percent(audit.miss_rate)} of ${audit.sampled}`, 'Segments looked at in full on which shut gates would have hidden something', true),
    figure('would save', percent(audit.saved_ms_share), 'Of the measured time, if the gates were enforced', true),
  ];
};

const figuresOf = ({ figures: f, media }: CameraReport, segment: SegmentMessage | undefined): VNode => html`<dl class="figures">
  ${figure('looked', percent(f.looked_share), 'Share of the segments for which a picture was looked at')}
  ${figure('time', `${number(f.ms_per_s)} ms/s`, 'Measured time in nets and decoding, a second of media')}
  ${figure('MAC', `${macs(f.gmacs_per_s)}/s`, 'Multiply-accumulates, a second of media')}
  ${figure('lag', f.lag_ms === null ? '–' : `${number(f.lag_ms)} ms`, 'From the end of a segment to its prediction')}
  ${figure('dropped', f.dropped, 'Segments dropped since this machine was too slow')}
  ${figure('reconnects', f.reconnects, 'Connections made after the first')}
  ${media?.video == null ? undefined : figure('video', videoOf(media.video), 'What the source carries', true)}
  ${auditOf(segment)}
</dl>`;

/** Takes a camera out, at the second press. */
const Remove = ({ name, client }: { readonly name: string; readonly client: HearkenClient }): VNode => {
  const [asked, ask] = useState(false);
  const [trouble, setTrouble] = useState('');
  const press = (): void => {
    if (asked) client.cameras.remove(name).catch((error: unknown) => { setTrouble(asFault(error, 'serve').sentence); });
    else ask(true);
  };
  return html`<span class="remove">
    <button type="button" class=${asked ? 'danger small' : 'quiet small'} aria-label=${asked ? `Really remove ${name}` : `Remove ${name}`} onClick=${press} onBlur=${() => { ask(false); }}>${asked ? 'Really remove?' : 'Remove'}</button>
    ${trouble === '' ? undefined : html`<span role="alert" class="field-error">${trouble}</span>`}
  </span>`;
};

/** Whether anything ever came from it; before that there is nothing to show but its state. */
export const hasBegun = ({ report, segment }: CameraView): boolean => report.value.media !== null || segment.value !== undefined;

const body = (view: CameraView, client: HearkenClient): VNode => html`
  <div class="camera-body">
    <div class="camera-left"><${Picture} view=${view} client=${client} />${figuresOf(view.report.value, view.segment.value)}</div>
    <div class="readings"><${LevelMeter} view=${view} /><${Scores} view=${view} /></div>
  </div>
  <${GateTimeline} view=${view} />`;

/** One camera: how it is, what it shows, hears and sees, when it looked and why, and what that cost. */
export const CameraCard = ({ view, client }: { readonly view: CameraView; readonly client: HearkenClient }): VNode => {
  const report = view.report.value;
  const { name, state, source, origin, fault, since_time: since } = report;
  const begun = hasBegun(view);
  const bad = blackouts(report).length > 0;
  return html`<li class=${`camera${begun ? '' : ' compact'}`} aria-label=${label(name)} data-camera=${name}>
    <header class="camera-head">
      <h3>${name}</h3>
      <span class=${`state state-${state}`} title=${`since ${clock(since)}`}>${STATE_WORDS[state]}</span>
      ${bad ? html`<span class="state state-blackout">blackout</span>` : undefined}
      <span class="source" title=${source}>${source}</span>
      <span class="since">${duration(Date.now() / 1000 - since)}</span>
      ${origin === 'rest' ? html`<${Remove} name=${name} client=${client} />` : undefined}
    </header>
    ${notes(report)}
    ${begun ? body(view, client) : fault === null ? html`<p class="waiting absent">Nothing came of it yet.</p>` : undefined}
  </li>`;
};
