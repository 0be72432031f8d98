/** Why a look, or a segment's listening, was refused. */
export type Refusal =
  /** Its worth was below its price. */
  | 'price'
  /** It was worth it, or asked for, but there was no room under a cap just then. */
  | 'cap'
  /** It costs more than the cap ever has at once. */
  | 'never'
  /** Not even listening fitted. */
  | 'listening';

/** Booked parts of an allowance, 0…1; null where there is no cap. */
export interface Utilization {
  readonly gmacs: number | null;
  readonly ms: number | null;
}

/** The cap of all cameras together; a currency that is not limited is null. */
export interface SiteCap {
  /** 10⁹ multiply-accumulates for each second of media. */
  readonly gmacsPerS: number | null;
  /** Measured milliseconds for each second of media. */
  readonly msPerS: number | null;
}

/** How a camera's budget stands. */
export interface BudgetFigures {
  /** Of its own cap, and of the site's, over the last window. */
  readonly own: Utilization;
  readonly site: Utilization;
  /** Absent where the cameras together are not limited. */
  readonly siteCap?: SiteCap;
  /** What a look must be worth for each second of the caps that it takes [bit]. */
  readonly price: number;
  /** Time spent beyond what was reserved, and not yet booked [ms]. */
  readonly debtMs: number;
  /** How often something was refused since the camera joined. */
  readonly refusals: Readonly<Partial<Record<Refusal, number>>>;
  /** The budget of one whole recording; absent where the budget is a rate. */
  readonly recording?: RecordingFigures;
}

/** How the budget of one recording stands. */
export interface RecordingFigures {
  /** All that may be spent on it, and what was, in 10⁹ multiply-accumulates. */
  readonly gmacs: number;
  readonly spentGmacs: number;
  /** What is left does not pay for hearing one more step: the answer is due. */
  readonly spent: boolean;
}

/** How the budget of a site stands. */
export interface SiteBudgetReport {
  readonly utilization: Utilization;
  readonly price: number;
  readonly debtMs: number;
  readonly cameras: Readonly<Record<string, BudgetFigures>>;
}
