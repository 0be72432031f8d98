import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { EventMessage } from '../../../emit/types.js';
import type { Board } from '../board.js';
import { lastedS, stageOf, type Stage } from '../event-rows.js';
import { clock, duration, label, macs, number, score } from '../format.js';

/** How many are drawn; more are kept. */
const SHOWN = 60;

const LIVES: Readonly<Record<Stage, readonly Stage[]>> = {
  provisional: ['provisional', 'confirmed', 'ended'],
  confirmed: ['provisional', 'confirmed', 'ended'],
  ended: ['provisional', 'confirmed', 'ended'],
  retracted: ['provisional', 'retracted'],
};

/** Provisional, confirmed, ended: where the event is stands out, what is to come is dim. */
const life = (stage: Stage): VNode => {
  const steps = LIVES[stage];
  const at = steps.indexOf(stage);
  return html`<ol class="life" aria-label=${`Stage: ${stage}`}>${steps.map((step, i) =>
    html`<li key=${step} class=${i < at ? 'past' : i === at ? `now now-${step}` : 'to-come'} aria-hidden=${i === at ? undefined : 'true'}>${step}</li>`)}</ol>`;
};

const VERBS = { audio: 'heard', appearance: 'seen', motion: 'watched' } as const;

const senses = ({ modalities }: EventMessage): string => (Object.keys(VERBS) as (keyof typeof VERBS)[])
  .flatMap((sense) => modalities[sense] > 0 ? [`${VERBS[sense]} ${modalities[sense]}`] : []).join(', ');

const row = (event: EventMessage): VNode => {
  const stage = stageOf(event);
  const { cost, emit_latency_ms: latencyMs } = event;
  return html`<li key=${`${event.camera} ${event.id}`} class=${`event event-${stage}`}>
    <div class="event-head">
      <span class="event-label">${label(event.label)}</span>
      <span class="event-camera">${event.camera}</span>
      <span class="event-score" title=${`now ${score(event.score)}, best ${score(event.top_score)}`}>${score(event.top_score)}</span>
    </div>
    <div class="event-line">${life(stage)}<span class="event-time"><time>${clock(event.start_time)}</time> · ${duration(lastedS(event))}</span></div>
    <div class="event-line event-cost">
      <span title="Fresh readings of each sense that held it">${senses(event)}</span>
      <span title=${`Spent on this stream since it began; first said after ${duration(latencyMs / 1000)}`}>${macs(cost.gmacs)}MAC · ${number(cost.ms + cost.decode_ms)} ms</span>
    </div>
  </li>`;
};

/** What happened, newest first. */
export const EventList = ({ board }: { readonly board: Board }): VNode => {
  const events = board.events.value;
  return html`<section class="events" aria-labelledby="events-title">
    <h2 id="events-title">Events <span class="note">${events.length === 0 ? '' : `newest first${events.length > SHOWN ? `, ${SHOWN} of ${events.length}` : ''}`}</span></h2>
    ${events.length === 0
      ? html`<p class="absent">Nothing has happened yet. An event appears as provisional once it is heard or seen, and is confirmed when it lasts.</p>`
      : html`<ol class="event-list" tabindex="0" aria-labelledby="events-title">${events.slice(0, SHOWN).map(row)}</ol>`}
  </section>`;
};
