import { expect } from 'chai';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { draw } from '../../../../tools/world/draw.js';
import { accuracy, learnProbe, type Example } from '../../../../tools/world/probe.js';
import { BACKDROP_POOLS, drawBackdrop } from '../../../../tools/world/scenes/backdrops.js';
import { shortcut } from '../../../../tools/world/scenes/checks.js';
import { drawClip, writeClip } from '../../../../tools/world/scenes/clip.js';
import { backdropSize, drawStaging, materialsOf, placedAt } from '../../../../tools/world/scenes/film.js';
import { drawLatents } from '../../../../tools/world/scenes/latents.js';
import { PATTERN_POOLS, rasterise } from '../../../../tools/world/scenes/looks.js';
import { ACTION_NAMES, poseAt, type Action } from '../../../../tools/world/scenes/motions.js';
import { paintBackdrop, paintThing } from '../../../../tools/world/scenes/painter.js';
import { clipPath, render } from '../../../../tools/world/scenes/render.js';
import { FRAMES } from '../../../../tools/world/scenes/steps.js';
import { createWorld } from '../../../../tools/world/scenes/world.js';
import { folder } from '../../../fixtures/recordings.js';

const world = createWorld(1), SMALL = { width: 32, height: 32 };
const hash = (...parts: readonly Uint8Array[]): string => {
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return sum.digest('hex');
};

describe('a clip', () => {
  it('is the same bit for bit when it is drawn again, in memory and as a file', () => {
    const hashes = ['a', 'b'].map((name) => {
      const clip = drawClip(world, { part: 'train', index: 4 });
      const frames = Array.from({ length: FRAMES }, (_, index) => hash(clip.frame(index)));
      const path = join(folder(), `clip-${name}.mp4`);
      writeClip(path, clip);
      return [...frames, hash(new Uint8Array(clip.samples.buffer)), hash(readFileSync(path))].join();
    });
    expect(hashes[0]).to.equal(hashes[1]);
    expect(hash(new Uint8Array(drawClip(world, { part: 'train', index: 5 }).samples.buffer))).not.to.be.oneOf(hashes[0]!.split(','));
  });

  it('is drawn at any size with the same latents', () => {
    const small = drawClip(world, { part: 'test', index: 9, size: SMALL }), wide = drawClip(world, { part: 'test', index: 9, size: { width: 96, height: 54 } });
    expect(small.latents).to.deep.equal(wide.latents);
    expect(wide.frame(100)).to.have.length(96 * 54 * 3);
  });

  it('has textures and backgrounds in its test part that no training clip and no backbone has seen', () => {
    const held = [...PATTERN_POOLS.held, ...BACKDROP_POOLS.held] as string[];
    for (const seen of [PATTERN_POOLS.seen, PATTERN_POOLS.pretrain, BACKDROP_POOLS.seen, BACKDROP_POOLS.pretrain].flat()) expect(held).not.to.include(seen);
    expect(materialsOf('test')).to.deep.equal({ patterns: PATTERN_POOLS.held, backdrops: BACKDROP_POOLS.held });
    expect(materialsOf('val')).to.deep.equal(materialsOf('train'));
  });

  it('has files of one length, and a rendering that was stopped goes on where it was', () => {
    const order = { world, counts: { train: 2, val: 1, test: 1 }, folder: join(folder(), 'world'), size: SMALL };
    const made: number[] = [];
    const run = (): void => { render(order, (_done, _of, count) => made.push(count)); };
    run();
    const paths = (['train', 'val', 'test'] as const).map((part) => join(order.folder, clipPath(drawLatents(world, part, 0))));
    expect(new Set(paths.map((path) => statSync(path).size))).to.have.property('size', 1);
    const before = hash(readFileSync(paths[0]!));
    rmSync(paths[0]!);
    run();
    expect(made).to.deep.equal([1, 2, 3, 4, 1, 1, 1, 1]);
    expect(hash(readFileSync(paths[0]!))).to.equal(before);
    expect(readFileSync(join(order.folder, 'clips.jsonl'), 'utf8').trim().split('\n')).to.have.length(4);
    expect(() => { render({ ...order, world: createWorld(2) }, () => undefined); }).to.throw('another world');
  });

  it('tells its class neither by loudness nor by brightness', () => {
    const { right, chance } = shortcut(world, 96);
    expect(right.low).to.be.at.most(chance);
  });
});

describe('a pair of motion classes', () => {
  const twins = (family: Action['family']): readonly [Action, Action] => [{ family, direction: 1 }, { family, direction: -1 }];

  it('is the same frames, reversed in time, pixel by pixel', () => {
    const size = { width: 48, height: 48 }, COUNT = 8;
    for (const [forth, back] of ACTION_NAMES.map(twins)) {
      const random = draw('twins', forth.family);
      const staging = { ...drawStaging({ shape: 'arrow', hue: 'red' }, ['stripes'], random), idling: { kind: 'held' as const, angle: 0, phase: 0 } };
      const sprite = rasterise(staging.finish, 40), { width, height } = backdropSize(size), backdrop = drawBackdrop('clouds', width, height, 48, random);
      const framesOf = (action: Action, phase: number): string[] => Array.from({ length: COUNT }, (_, i) => {
        const picture = { ...size, rgb: new Uint8Array(48 * 48 * 3) };
        paintBackdrop(picture, backdrop, 6, 6);
        // Binary fractions: the phases that both directions come to are then the very same numbers.
        const done = { action, onsetS: 0 }, performed = { ...staging, performance: { hz: 1, phase } };
        paintThing(picture, placedAt(performed, sprite, { done, seen: { kind: 'own', look: staging.finish.look, onsetS: -1 } }, i / COUNT, size));
        return hash(picture.rgb);
      });
      const forwards = framesOf(forth, 0.0625), backwards = framesOf(back, 0.0625 + (COUNT - 1) / COUNT);
      expect(new Set(forwards).size).to.be.above(COUNT / 2);
      expect(backwards).to.deep.equal(forwards.toReversed());
    }
  });

  it('is at chance for who sees one pose of it', () => {
    for (const pair of ACTION_NAMES.map(twins)) {
      const random = draw('one pose', pair[0].family);
      const examples = Array.from({ length: 1200 }, (_, i): Example => {
        const pose = poseAt(pair[i % 2]!, { hz: random.uniform(0.75, 1.25), phase: random.uniform(0, 1) }, random.uniform(0, 3));
        return { x: [pose.dx, pose.dy, Math.cos(pose.turn), Math.sin(pose.turn), pose.wide, pose.tall, pose.dx ** 2, pose.wide ** 2], y: i % 2 };
      });
      const right = accuracy(learnProbe(examples.slice(0, 600), 2), examples.slice(600)) * 600;
      // Seven families are tried: 3.3 standard deviations.
      expect(Math.abs(right - 300) / Math.sqrt(150)).to.be.below(3.3);
    }
  });
});
