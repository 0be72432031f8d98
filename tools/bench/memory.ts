/** Whether memory stays flat over many decodings on demand. */
import { setTimeout as sleep } from 'node:timers/promises';
import { filter, firstValueFrom, take, tap, type Observable } from 'rxjs';
import type { ConnectionOpened } from '../../src/media/link.js';
import { MediaHost } from '../../src/media/host.js';
import type { FrameAnswer, LazyVideo } from '../../src/media/types.js';

/** Memory of the media process after so many decodings. */
export interface MemoryPoint {
  readonly decodes: number;
  readonly rssMb: number;
}

const DECODES = 2_000;
const POINTS = [100, 500, 1_000, 1_500, DECODES];
const SIZE = { width: 224, height: 224 };

const look = (video: LazyVideo, i: number, untilUs: number): Observable<FrameAnswer> => {
  // Key frames and exact ones in turn, all over the ring, so that each request goes to another GOP.
  const timeUs = untilUs - ((i * 2_731_000) % 6_000_000);
  return video.frameAt({ timeUs, notAfterUs: untilUs, size: SIZE, toleranceUs: 3_000_000, exact: i % 8 === 0 });
};

/** Decodes 2000 times on demand out of one ring, and reads the media process's memory along the way. */
export const memoryOverDecodes = async (path: string): Promise<MemoryPoint[]> => {
  const host = new MediaHost();
  const points: MemoryPoint[] = [];
  try {
    const events = host.connect({
      url: `file:${path}`, name: path, options: {}, live: false, probe: 'if-needed', startUs: 0, rhythm: { windowUs: 480_000, hopUs: 480_000 },
      ring: { maxBytes: 32 * 2 ** 20, maxUs: 20e6 }, keptFrameBytes: 48 * 2 ** 20,
    });
    const untilUs = 20e6;
    const opened$ = events.pipe(
      tap((event) => {
        if (event.kind === 'opened') event.permit(untilUs);
      }),
    );
    const run = async ({ video }: ConnectionOpened): Promise<void> => {
      if (video === undefined) throw new Error(`${path} has no pictures`);
      await sleep(1_000);
      for (let i = 1; i <= DECODES; i += 1) {
        const { reason } = await firstValueFrom(look(video, i, untilUs));
        if (reason !== undefined) throw new Error(`decoding ${i} failed: ${reason}`);
        if (POINTS.includes(i)) points.push({ decodes: i, rssMb: ((await host.health())[0]?.rssBytes ?? 0) / 1e6 });
      }
    };
    await new Promise<void>((resolve, reject) => {
      const subscription = opened$.pipe(filter((event): event is ConnectionOpened => event.kind === 'opened'), take(2)).subscribe({
        next: (opened) => {
          run(opened).then(resolve, reject).finally(() => {
            subscription.unsubscribe();
          });
        },
        error: reject,
      });
    });
    return points;
  } finally {
    await host.close();
  }
};
