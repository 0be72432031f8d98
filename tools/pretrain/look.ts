/**
 * Makes the pictures that the embedded appearance net learns from: `node dist/tools/pretrain/look.js`.
 * Flyers are drawn on real plates, on painted skies and on meadows; real ones are cut out where they move.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './places.js';
import { SOURCE, videosOf, type Video } from './plates.js';
import { seeded } from './random.js';
import { closeUp, EYE_LABELS, make, NOTHING, shrink, whole, type Shown } from './scenes.js';

const labelOf = ({ label }: Video): number => EYE_LABELS.indexOf(label);

const save = (name: string, shown: readonly Shown[]): void => {
  const folder = join(cacheFolder(), 'pictures');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.u8`), Buffer.concat(shown.map(({ pixels }) => pixels)));
  writeFileSync(join(folder, `${name}.targets.u8`), Uint8Array.from(shown, ({ target }) => target));
  process.stdout.write(`${name}: ${shown.length}, by class ${Array.from({ length: NOTHING + 1 }, (_, k) => shown.filter(({ target }) => target === k).length).join(' ')}\n`);
};

const random = seeded(31);
const plates = { fit: [] as Uint8Array[], held: [] as Uint8Array[] };
const real = { fit: [] as Shown[], held: [] as Shown[] };
for (const video of videosOf('train')) {
  const to = video.held ? 'held' : 'fit';
  if (video.plate !== undefined) {
    plates[to].push(video.plate);
    real[to].push({ pixels: shrink(video.plate, SOURCE.width, SOURCE.height, whole(SOURCE.width, SOURCE.height)), target: NOTHING });
  }
  for (const [i, frame] of video.frames.entries()) {
    const box = video.moving[i];
    if (box !== undefined) for (let n = 0; n < 2; n++) real[to].push({ pixels: shrink(frame, SOURCE.width, SOURCE.height, closeUp(box, random), random.chance(0.5)), target: labelOf(video) });
  }
}
save('real-fit', real.fit);
save('real-held', real.held);
save('made-fit', Array.from({ length: 6000 }, () => make(plates.fit, random)));
save('made-held', Array.from({ length: 600 }, () => make(plates.held, random)));
