/** How a stream's events were confirmed, counted: found or missed, true or false, how soon. Pure. */
import { confirmationsOf, type Confirmations } from '../../../src/learn/confirming/fit.js';
import { tell, TOLERANCE_S, type EventSpec, type FollowedStream, type ToldEvent } from '../../../src/learn/confirming/streams.js';

/** What really happened: a label from a step to before another. */
interface Happening {
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

/** One stream, counted. */
export interface StreamCounts {
  readonly id: string;
  readonly hours: number;
  /** Seconds from the start of each event to its first confirmation, in order; null: it was not found. */
  readonly found: readonly (number | null)[];
  readonly confirmed: Confirmations;
}

const happeningsOf = (truth: readonly (string | null)[]): Happening[] => {
  const found: Happening[] = [];
  let start = 0;
  for (let step = 1; step <= truth.length; step += 1) {
    const label = truth[start] ?? null;
    if (step < truth.length && truth[step] === label) continue;
    if (label !== null) found.push({ label, start, end: step });
    start = step;
  }
  return found;
};

/** The step on which an event was confirmed; undefined where it never was. */
const saidAt = ({ onset, confirmed }: ToldEvent): number | undefined => (confirmed === null ? undefined : onset + confirmed - 1);

/** Counts a stream under a specification. An event counts as found where its label is confirmed while it lasts, within the tolerance. */
export const countsOf = (stream: FollowedStream, spec: EventSpec): StreamCounts => {
  const { id, truth, stepUs } = stream, stepS = stepUs / 1e6, about = Math.round(TOLERANCE_S / stepS);
  const told = tell(stream, spec);
  const foundAt = ({ label, start, end }: Happening): number | null => {
    const said = told.flatMap((event) => {
      const at = event.label === label && event.onset - about < end ? saidAt(event) : undefined;
      return at === undefined || at + about < start ? [] : [at];
    });
    return said.length === 0 ? null : Math.max(0, Math.min(...said) - start) * stepS;
  };
  return {
    id, hours: (truth.length * stepUs) / 3.6e9, found: happeningsOf(truth).map(foundAt),
    confirmed: confirmationsOf(stream, told),
  };
};
