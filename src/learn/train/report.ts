/** What an epoch came to: means over the sequences it saw. */
export interface EpochReport {
  /** Counted from 0. */
  readonly epoch: number;
  /** Of how many. */
  readonly epochs: number;
  /** The whole loss of equation 12, and the cross entropy in it [nats]. */
  readonly loss: number;
  readonly crossEntropy: number;
  /** The share of steps at which each gate opened of its own, 0…1; 0 in the warm-up and for fusion. */
  readonly usage: { readonly appearance: number; readonly motion: number };
  /** The same on what is held back, with gates that sample nothing. */
  readonly held?: HeldReport | undefined;
  /** Time it took [ms]; not part of the result. */
  readonly tookMs: number;
}

/** What a model is worth on sequences that it was not trained on. */
export interface HeldReport {
  readonly loss: number;
  readonly crossEntropy: number;
  /** The share of supervised steps whose likeliest class is the right one, 0…1. */
  readonly accuracy: number;
  readonly usage: { readonly appearance: number; readonly motion: number };
}
