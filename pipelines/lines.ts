/** What is printed for people: one line for each thing that happens. */
import type { AnswerMessage, AnswerReason, EventMessage, LabelScore, Output, SegmentMessage, StateMessage, WireGate } from '../src/emit/types.js';

const score = (value: number): string => value.toFixed(2);

const ranked = (labels: readonly LabelScore[], atLeast: number, most: number): string => {
  const worth = labels.filter((label) => label.score >= atLeast).slice(0, most);
  return worth.length === 0 ? 'nothing it knows' : worth.map(({ label, score: s }) => `${label} ${score(s)}`).join(', ');
};

const REASONS: Readonly<Record<string, string>> = {
  listed: 'a listed sound', uncertain: 'it is unsure', heartbeat: 'it is time', held: 'still open', quiet: 'quiet', sure: 'sure',
  cooldown: 'it just looked', off: 'switched off', learned: 'learned', nested: 'nothing to go by', budget: 'the budget says no',
};

const because = ({ reason, detail }: WireGate): string => `${REASONS[reason] ?? reason}${detail === undefined ? '' : `: ${detail}`}`;

/** Media time, or the time of day for live sources. */
const clock = (epochS: number): string =>
  epochS < 1e8 ? `${epochS.toFixed(2).padStart(8)} s` : new Date(epochS * 1000).toISOString().slice(11, 22);

const looking = ({ looked, gate, seen, unanswered }: SegmentMessage): string => {
  const decision = gate.appearance;
  // Said once at the beginning, not on every line.
  if (decision === undefined || decision.reason === 'no-pack') return '';
  if (unanswered.appearance !== undefined && decision.open) return `wants to look (${because(decision)}), but ${unanswered.appearance}`;
  if (!looked) return decision.open ? `has seen that picture (${because(decision)})` : `does not look (${because(decision)})`;
  return `LOOKS (${because(decision)}) and sees ${ranked(seen?.labels ?? [], 0.1, 2)}`;
};

const spent = ({ cost }: SegmentMessage): string =>
  `${(cost.gmacs * 1000).toFixed(1)} MMAC ${cost.ms.toFixed(1)} ms${cost.decode_ms > 0 ? ` + decode ${cost.decode_ms.toFixed(1)} ms` : ''}`;

const segmentLine = (segment: SegmentMessage): string =>
  `${clock(segment.end_time)}  ${segment.known === undefined ? '' : `${ranked(segment.known, 0.1, 1)}; `}hears ${(segment.unanswered.audio === undefined ? ranked(segment.heard, 0.1, 2) : `nothing (${segment.unanswered.audio})`).padEnd(38)} ${looking(segment).padEnd(52)} ${spent(segment)}`;

const eventLine = (event: EventMessage): string =>
  `${clock(event.start_time + event.emit_latency_ms / 1000)}  ${event.type.toUpperCase().padEnd(11)} ${event.label} ${score(event.top_score)}, from ${clock(event.start_time).trim()}${event.end_time === null ? '' : ` to ${clock(event.end_time).trim()}`}; ${(event.cost.gmacs * 1000).toFixed(0)} MMAC since it began`;

const ANSWERED: Readonly<Record<AnswerReason, string>> = {
  confident: 'sure', horizon: 'at its last step', budget: 'the budget is spent', ended: 'it ended',
};

const answerLine = ({ label, score: s, start_time: startS, observed_s: observedS, steps, horizon_steps: most, reason, modalities, cost, emit_latency_ms: latencyMs }: AnswerMessage): string => {
  const upTo = most === null ? `${steps} steps` : `${steps} of at most ${most} steps`;
  return `${clock(startS + latencyMs / 1000)}  ANSWER      ${label ?? 'nothing it knows'} ${score(s)} after ${observedS.toFixed(2)} s, ${upTo} (${ANSWERED[reason]}); `
    + `heard ${modalities.audio}, pictures ${modalities.appearance}, clips ${modalities.motion}; ${(cost.gmacs * 1000).toFixed(0)} MMAC`;
};

/** A source's state as a sentence; the first attempt and a source that runs say nothing one does not see. */
export const stateLine = ({ state, fault, retry_in_s: retryInS }: StateMessage): string =>
  `${state}${fault === null ? '' : `: ${fault.message}`}${retryInS === null ? '' : ` Next attempt in ${retryInS.toFixed(1)} s.`}`;

/** The line for an output, or none where another line already says it. */
export const lineOf = (output: Output): string | undefined => {
  switch (output.kind) {
    case 'segment':
      return segmentLine(output.segment);
    case 'event':
      return output.event.type === 'update' ? undefined : eventLine(output.event);
    case 'answer':
      return answerLine(output.answer);
    case 'state':
      return stateLine(output.state);
    case 'gate':
      // The segment's own line tells the same.
      return undefined;
  }
};

/** An output as a program reads it: its body, which names its schema. */
export const jsonOf = (output: Output): string => {
  switch (output.kind) {
    case 'segment':
      return JSON.stringify(output.segment);
    case 'event':
      return JSON.stringify(output.event);
    case 'gate':
      return JSON.stringify(output.gate);
    case 'state':
      return JSON.stringify(output.state);
    case 'answer':
      return JSON.stringify(output.answer);
  }
};
