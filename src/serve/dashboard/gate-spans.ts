/** What gates decided over the last minutes, and how loud it was. Pure. */
import type { SegmentMessage } from '../../emit/types.js';
import type { GateReason } from '../../sense/types.js';

/** The gates there are. */
export const GATES = ['appearance', 'motion'] as const;
/** One of {@link GATES}. */
export type Gate = (typeof GATES)[number];

/** How far back the page looks [s]. */
export const WINDOW_S = 120;
/** How many spans, and how many levels, are kept at most. */
const MOST = 480;

/** A time during which a gate decided the same for the same reason. Wire times [s]. */
export interface GateSpan {
  readonly startTime: number;
  readonly endTime: number;
  readonly open: boolean;
  readonly reason: GateReason;
  /** The newest words for it, such as `helicopter 0.82`. */
  readonly detail: string | undefined;
}

/** How loud it was when a segment ended. */
export interface LevelPoint {
  /** Wire time [s]. */
  readonly time: number;
  /** Null without sound. */
  readonly dbfs: number | null;
}

/** What is left of a list whose entries go by at `endOf`, as seen from `now`. A time that went back begins anew. */
const recent = <T>(entries: readonly T[], now: number, endOf: (entry: T) => number): readonly T[] => {
  const kept = entries.slice(-(MOST - 1));
  const newest = kept.at(-1);
  if (newest !== undefined && endOf(newest) > now) return [];
  const first = kept.findIndex((entry) => endOf(entry) > now - WINDOW_S);
  return first < 0 ? [] : kept.slice(first);
};

/** The spans of one gate with one more segment; where the gate was not asked, nothing is known and nothing is added. */
export const withDecision = (spans: readonly GateSpan[], gate: Gate, segment: SegmentMessage): readonly GateSpan[] => {
  const { start_time: start, end_time: endTime } = segment;
  const before = recent(spans, endTime, (span) => span.endTime);
  const decision = segment.gate[gate];
  if (decision === undefined || decision.reason === 'off' || decision.reason === 'no-pack') return before;
  const { open, reason, detail } = decision;
  const last = before.at(-1);
  const goesOn = last?.open === open && last.reason === reason && last.endTime >= start;
  if (goesOn) return before.with(-1, { ...last, endTime, detail: detail ?? last.detail });
  // Windows overlap: what was decided before holds until its end.
  return [...before, { startTime: Math.max(start, last?.endTime ?? start), endTime, open, reason, detail }];
};

/** The levels with one more segment. */
export const withLevel = (levels: readonly LevelPoint[], { end_time: time, level_dbfs: dbfs }: SegmentMessage): readonly LevelPoint[] =>
  [...recent(levels, time, (level) => level.time), { time, dbfs: dbfs ?? null }];

/** The reasons of gates as sentences continue with them. */
export const REASONS: Readonly<Record<GateReason, string>> = {
  'listed': 'a sound of the list',
  'uncertain': 'unsure of what is heard',
  'heartbeat': 'too long since the last look',
  'held': 'held open for a moment',
  'learned': 'the learned policy decided',
  'worth': 'worth its price',
  'quiet': 'only background is heard',
  'sure': 'a known sound that is not listed',
  'cooldown': 'only just looked',
  'no-audio': 'nothing is heard',
  'nested': 'no picture to build on',
  'no-pack': 'no net for it',
  'off': 'switched off',
  'budget': 'refused by the budget',
  'ungated': 'it looks always: the gate does not decide',
};
