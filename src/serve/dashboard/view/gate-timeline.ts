import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { CameraView } from '../board.js';
import { clock } from '../format.js';
import { GATES, REASONS, WINDOW_S, type Gate, type GateSpan, type LevelPoint } from '../gate-spans.js';

const NAMES: Readonly<Record<Gate, string>> = { appearance: 'Picture', motion: 'Clip' };
/** Height of a row's drawing, whatever it is stretched to. */
const HEIGHT = 20;
/** The level that is drawn as nothing [dBFS]. */
const FLOOR_DBFS = -70;

/** One opening or refusal, of one gate. */
interface Moment extends GateSpan {
  readonly gate: Gate;
}

/** Which openings are worth telling of: those that opened, and those the budget refused. */
const isMoment = ({ open, reason }: GateSpan): boolean => open || reason === 'budget';

/** In words: when, which gate, and why. */
const sentence = ({ gate, startTime, endTime, open, reason, detail }: Moment): string =>
  `${clock(startTime)} – ${clock(endTime)}  ${NAMES[gate]} gate ${open ? 'open' : 'shut'}: ${REASONS[reason]}${detail === undefined ? '' : ` (${detail.replaceAll('_', ' ')})`}`;

const kindOf = ({ open, reason }: GateSpan): string => !open ? 'refused' : reason === 'heartbeat' ? 'routine' : 'cause';

const levelPath = (levels: readonly LevelPoint[], from: number): string => {
  const points = levels.map(({ time, dbfs }) => `${(time - from).toFixed(2)},${(HEIGHT * Math.min(1, Math.max(0, (dbfs ?? FLOOR_DBFS) / FLOOR_DBFS))).toFixed(1)}`);
  const [first, last] = [levels[0], levels.at(-1)];
  return first === undefined || last === undefined ? '' : `M${(first.time - from).toFixed(2)},${HEIGHT}L${points.join('L')}L${(last.time - from).toFixed(2)},${HEIGHT}Z`;
};

const drawing = (inside: unknown): VNode => html`<svg viewBox=${`0 0 ${WINDOW_S} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">${inside}</svg>`;

const spansDrawn = (spans: readonly GateSpan[], from: number): VNode => drawing(spans.filter(isMoment).map((span) => html`<rect
  key=${span.startTime} class=${`span-${kindOf(span)}`} x=${(span.startTime - from).toFixed(2)} y="3" height=${HEIGHT - 6}
  width=${Math.max(0.5, span.endTime - span.startTime).toFixed(2)} />`));

/** The moment at a time, or the nearest within two seconds of it. */
const momentAt = (moments: readonly Moment[], time: number): Moment | undefined => {
  const distance = ({ startTime, endTime }: Moment): number => Math.max(startTime - time, time - endTime, 0);
  const near = moments.filter((moment) => distance(moment) < 2);
  return near.length === 0 ? undefined : near.reduce((best, moment) => distance(moment) < distance(best) ? moment : best);
};

const KEYS: Readonly<Record<string, (at: number, count: number) => number>> = {
  ArrowLeft: (at) => at - 1, ArrowDown: (at) => at - 1, ArrowRight: (at) => at + 1, ArrowUp: (at) => at + 1, Home: () => 0, End: (_, count) => count - 1,
};

const sameMoment = (a: Moment, b: Moment | undefined): boolean => a.gate === b?.gate && a.startTime === b.startTime;

/** What the gates do now. */
const nowOf = (view: CameraView): string => GATES.flatMap((gate) => {
  const last = view.spans[gate].value.at(-1);
  return last === undefined ? [] : [`${NAMES[gate]} gate ${last.open ? 'open' : 'shut'}: ${REASONS[last.reason]}${last.detail === undefined ? '' : ` (${last.detail.replaceAll('_', ' ')})`}`];
}).join('. ');

/** The last two minutes: how loud it was, and when each gate was open and why. The arrow keys go from opening to opening. */
export const GateTimeline = ({ view }: { readonly view: CameraView }): VNode => {
  const [chosen, choose] = useState<Moment | undefined>(undefined);
  const levels = view.levels.value;
  const now = levels.at(-1)?.time ?? 0;
  const from = now - WINDOW_S;
  const gates = GATES.filter((gate) => view.spans[gate].value.length > 0);
  const moments = gates.flatMap((gate) => view.spans[gate].value.filter(isMoment).map((span): Moment => ({ ...span, gate }))).sort((a, b) => a.startTime - b.startTime);
  const at = moments.findIndex((moment) => sameMoment(moment, chosen));
  const current = moments[at];
  const onKey = (event: KeyboardEvent): void => {
    const move = KEYS[event.key];
    if (event.key === 'Escape') choose(undefined);
    if (move === undefined || moments.length === 0) return;
    event.preventDefault();
    choose(moments[Math.min(moments.length - 1, Math.max(0, at < 0 ? moments.length - 1 : move(at, moments.length)))]);
  };
  const onPointer = (event: PointerEvent): void => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
    choose(momentAt(moments, from + WINDOW_S * (event.clientX - left) / width));
  };
  const text = current === undefined ? nowOf(view) : sentence(current);
  return html`<div class="timeline">
    <div class="timeline-rows">
      <div class="timeline-names" aria-hidden="true"><span>Sound</span>${gates.map((gate) => html`<span key=${gate}>${NAMES[gate]}</span>`)}</div>
      <div class="timeline-tracks" tabindex="0" role="slider" aria-orientation="horizontal" aria-label=${`Openings of the gates of ${view.name}, the last two minutes`}
        aria-valuemin="0" aria-valuemax=${moments.length} aria-valuenow=${at + 1} aria-valuetext=${text === '' ? 'no gate was asked yet' : text}
        onKeyDown=${onKey} onPointerMove=${onPointer} onPointerDown=${onPointer} onPointerLeave=${() => { choose(undefined); }} onBlur=${() => { choose(undefined); }}>
        ${drawing(html`<path class="level-area" d=${levelPath(levels, from)} />`)}
        ${gates.map((gate) => html`<div class="track" key=${gate}>${spansDrawn(view.spans[gate].value, from)}</div>`)}
        ${current === undefined ? undefined : html`<span class="cursor" style=${{ left: `${Math.max(0, 100 * (current.startTime - from) / WINDOW_S)}%`, width: `${100 * (current.endTime - current.startTime) / WINDOW_S}%` }}></span>`}
      </div>
    </div>
    <p class="timeline-text">${text === '' ? (gates.length === 0 ? 'No gate was asked yet.' : '') : text}</p>
  </div>`;
};
