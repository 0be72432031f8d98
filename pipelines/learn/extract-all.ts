/** Features of a folder of clips, with progress: out of the cache where it has them. */
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs';
import type { FeatureCache } from '../../src/learn/cache.js';
import type { Clips } from '../../src/learn/clips.js';
import { extractClips, tellProgress, type Outcome } from '../../src/learn/extract-clips.js';
import { patientHost, type FrozenNets } from '../../src/learn/extract.js';
import { silentFeatures } from '../../src/sense/silence.js';
import type { Profile } from '../../src/settings/profile.js';
import type { Tell } from './tell.js';

/** How clips are extracted. */
export interface ExtractAllOptions {
  readonly nets: FrozenNets;
  readonly profile: Profile;
  readonly cache: FeatureCache;
  /** Recordings read at once. */
  readonly lanes: number;
  readonly tell: Tell;
  /** Ends it; what is done is kept. */
  readonly stop: AbortSignal;
}

/** What became of each clip. Faults only with what every clip would meet. */
export const extractAll = async ({ clips }: Pick<Clips, 'clips'>, { nets, profile, cache, lanes, tell, stop }: ExtractAllOptions): Promise<Outcome[]> => {
  const host = patientHost();
  let kept = true;
  try {
    const silence = await firstValueFrom(silentFeatures(nets.audio));
    return await lastValueFrom(extractClips(clips, { host, nets, silence, profile }, {
      cache, stop, lanes,
      onNotKept: ({ message }) => {
        if (kept) tell.say(`Features cannot be kept in ${cache.folder}, so that a second run would extract them again: ${message}`);
        kept = false;
      },
    }).pipe(tellProgress(clips.length, (progress) => { tell.extracting(progress); }), toArray()));
  } finally {
    tell.done();
    await host.close();
  }
};
