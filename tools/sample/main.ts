/** Makes models/ear/sample.mp4, the recording that `hearken watch sample` plays: `node dist/tools/sample/main.js [path]`. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { writeRecording } from '../media/recording.js';
import { repositoryRoot } from '../pretrain/places.js';
import { pictures } from './picture.js';
import { RATE } from './sounds.js';
import { soundtrack } from './soundtrack.js';
import { SAMPLE_FPS, SAMPLE_HEIGHT, SAMPLE_S, SAMPLE_WIDTH } from './timeline.js';

const path = process.argv[2] ?? join(repositoryRoot(), 'models', 'ear', 'sample.mp4');
writeRecording({
  path,
  video: {
    width: SAMPLE_WIDTH, height: SAMPLE_HEIGHT, fps: SAMPLE_FPS, count: SAMPLE_S * SAMPLE_FPS, frame: pictures(),
    gopFrames: SAMPLE_FPS * 2, options: { preset: 'slow', crf: '25' },
  },
  audio: { sampleRateHz: RATE, samples: soundtrack(), bitsPerSecond: 48_000 },
});
process.stdout.write(`${path}: ${(statSync(path).size / 1e6).toFixed(2)} MB\n`);
