/**
 * Says what YAMNet and the ear net hear in the sample's sound, second by second, so that the synthesis is
 * kept honest by a net that never saw it. `node dist/tools/sample/judge.js [--yamnet <pack>] [--ear <pack>]`.
 */
import { firstValueFrom } from 'rxjs';
import { parseArgs } from 'node:util';
import { loadPack } from '../../src/inference/pack.js';
import type { LogMelSpec } from '../../src/inference/manifest.js';
import { createLogMel } from '../../src/sense/log-mel.js';
import { soundtrack } from './soundtrack.js';
import { sceneAt } from './timeline.js';

const listener = async (name: string): Promise<(samples: Float32Array) => Promise<string>> => {
  const pack = await loadPack(name);
  const session = await pack.open('audio');
  const labels = pack.labels('audio');
  const front = createLogMel(pack.sense('audio').input.from as LogMelSpec);
  return async (samples) => {
    const { scores } = await firstValueFrom(session.run({ [session.inputs[0]?.name ?? '']: { data: front.patch(samples), dims: [1, 96, 64] } }));
    return [...scores?.data ?? []].map((score, i) => ({ score, label: labels[i] ?? '' })).sort((a, b) => b.score - a.score)
      .slice(0, 4).map(({ score, label }) => `${label} ${score.toFixed(2)}`).join(', ');
  };
};

const { values } = parseArgs({ options: { yamnet: { type: 'string' }, ear: { type: 'string' } } });
const track = soundtrack();
const judges = await Promise.all(Object.values(values).map(listener));
for (let at = 0; at + 15_600 <= track.length; at += 7680) {
  const window = track.subarray(at, at + 15_600);
  const said: string[] = [];
  for (const judge of judges) said.push((await judge(window)).padEnd(72));
  process.stdout.write(`${(at / 16_000).toFixed(2).padStart(5)} s ${sceneAt(at / 16_000 + 0.49).heard.padEnd(11)} ${said.join(' | ')}\n`);
}
