/** Many recordings to features: several at once, out of the cache where it has them, none stopping the others. */
import { catchError, defer, from, fromEvent, mergeMap, of, retry, switchMap, takeUntil, tap, throwError, type Observable } from 'rxjs';
import { asFault, type Fault } from '../faults.js';
import { contentOf, recipeOf, type FeatureCache } from './cache.js';
import type { Clip } from './clips.js';
import { extractClip, type ExtractContext, type Extracted } from './extract.js';

/** How many are extracted, and from where. */
export interface ExtractOptions {
  readonly cache: FeatureCache;
  /** Recordings that are read at once. While one waits for its decoder, another uses the nets. Default 3. */
  readonly lanes?: number;
  /** Ends it; what is done is kept. */
  readonly stop?: AbortSignal;
  /** The features could not be kept; they are used all the same. */
  readonly onNotKept?: (fault: Fault) => void;
}

/** What became of one recording. */
export type Outcome =
  | { readonly kind: 'features'; readonly clip: Clip; readonly content: string; readonly cached: boolean; readonly extracted: Extracted }
  | { readonly kind: 'fault'; readonly clip: Clip; readonly fault: Fault };

/** One recording with its features. */
export type Featured = Extract<Outcome, { readonly kind: 'features' }>;

/** Faults that end the whole work: they lie in the nets, and every other recording would meet them too. */
const EVERYBODYS: ReadonlySet<string> = new Set(['pack-invalid', 'model-wrong-shape', 'model-unsupported', 'inference-failed']);

/** A crash or a stall may be this machine's doing once; a second is the recording's own. */
const onceMore = retry<Extracted>({ count: 1, delay: (error: unknown) => (asFault(error, 'learn').retryable ? of(0) : throwError(() => error)) });

const fresh = (clip: Clip, content: string, recipe: string, context: ExtractContext, { cache, onNotKept }: ExtractOptions): Observable<Extracted> =>
  extractClip(clip.path, context).pipe(
    onceMore,
    switchMap(async (extracted) => {
      await cache.put(content, recipe, extracted, context.nets).catch((error: unknown) => onNotKept?.(asFault(error, 'learn')));
      return extracted;
    }),
  );

const outcomeOf = (clip: Clip, recipe: string, context: ExtractContext, options: ExtractOptions): Observable<Outcome> =>
  defer(async () => {
    const content = await contentOf(clip.path);
    return { content, kept: await options.cache.get(content, recipe) };
  }).pipe(
    switchMap(({ content, kept }) => (kept === undefined ? fresh(clip, content, recipe, context, options) : of(kept)).pipe(
      switchMap((extracted): Observable<Outcome> => of({ kind: 'features', clip, content, cached: kept !== undefined, extracted })),
    )),
    catchError((error: unknown): Observable<Outcome> => {
      const fault = asFault(error, 'learn');
      return EVERYBODYS.has(fault.kind) ? throwError(() => fault) : of({ kind: 'fault', clip, fault });
    }),
  );

/**
 * The features of each recording, in the order in which they are ready. Cold; unsubscribing ends it, and every finished
 * recording is in the cache by then. One that cannot be read gives its fault and stops nothing.
 * Errors only with faults that every recording would meet, such as `pack-invalid`.
 */
export const extractClips = (clips: readonly Clip[], context: ExtractContext, options: ExtractOptions): Observable<Outcome> => defer(() => {
  const recipe = recipeOf(context.nets, context.profile);
  const all = from(clips).pipe(mergeMap((clip) => outcomeOf(clip, recipe, context, options), options.lanes ?? 3));
  const { stop } = options;
  return stop === undefined ? all : all.pipe(takeUntil(stop.aborted ? of(0) : fromEvent(stop, 'abort')));
});

/** How far an extraction is. */
export interface ExtractProgress {
  readonly done: number;
  readonly total: number;
  /** Of `done`: those out of the cache, and those that could not be read. */
  readonly cached: number;
  readonly failed: number;
  /** Recordings a second that were not in the cache; undefined before the first. */
  readonly clipsPerS: number | undefined;
  /** How long the rest will take if none of it is in the cache [s]. */
  readonly leftS: number | undefined;
}

/** Tells how far it is after each recording. */
export const tellProgress = (total: number, tell: (progress: ExtractProgress) => void, now: () => number = () => performance.now()): ((source: Observable<Outcome>) => Observable<Outcome>) => (source) => defer(() => {
  const startMs = now();
  let [done, cached, failed] = [0, 0, 0];
  return source.pipe(tap((outcome) => {
    done += 1;
    if (outcome.kind === 'fault') failed += 1;
    else if (outcome.cached) cached += 1;
    const made = done - cached;
    const clipsPerS = made === 0 ? undefined : made / Math.max(1e-3, (now() - startMs) / 1000);
    tell({ done, total, cached, failed, clipsPerS, leftS: clipsPerS === undefined ? undefined : (total - done) / clipsPerS });
  }));
});
