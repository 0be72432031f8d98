import type { Observable } from 'rxjs';
import type { HmsManifest, HmsStage, PackManifest, SenseManifest, SenseName, TensorSpec } from './manifest.js';

/** A float32 tensor: values in row-major order, and its dimensions. */
export interface Tensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** A loaded network. One session serves every camera; state lives with the stream, never in here. */
export interface Session {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Multiply-accumulates of one run (batch 1), counted from the graph. */
  readonly macs: number;
  /**
   * One run. Cold: nothing is computed before subscription; emits once and completes. The feeds are copied at
   * subscription, so their arrays may be used again at once.
   * Errors with a Fault (`model-wrong-shape` for a feed that does not fit, `inference-failed` otherwise).
   */
  run(feeds: Readonly<Record<string, Tensor>>): Observable<Readonly<Record<string, Tensor>>>;
  /** Frees the native session; idempotent. */
  close(): Promise<void>;
}

/** The learned policy of a pack. */
export interface PackPolicy {
  readonly manifest: HmsManifest;
  /** Class names in the order of the logits. */
  readonly labels: readonly string[];
  /** Loads a stage after checking sha-256 and shapes. */
  open(stage: HmsStage, options?: { readonly threads?: number }): Promise<Session>;
}

/** A model pack on disk, its manifest checked. */
export interface Pack {
  readonly folder: string;
  readonly manifest: PackManifest;
  /** What to look at when, if the pack holds that. */
  readonly policy?: PackPolicy;
  /** Labels of a sense, in the order of its scores. */
  labels(sense: SenseName): readonly string[];
  /** The sense's entry; Fault `pack-invalid` with the senses it has when it lacks this one. */
  sense(sense: SenseName): SenseManifest;
  /** Loads the net after checking sha-256 and shapes against the manifest. */
  open(sense: SenseName, options?: { readonly threads?: number }): Promise<Session>;
}
