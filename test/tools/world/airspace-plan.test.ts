import { expect } from 'chai';
import { seeded } from '../../../src/learn/random.js';
import { planAirspace, soundLabel, type AirspaceRow } from '../../../tools/world/airspace/plan.js';

const rows = (set: string, label: string, part: string, count: number, from = 1): AirspaceRow[] =>
  Array.from({ length: count }, (_, i) => ({ set, label, part, path: `${set}/${label}/${label}_${String(from + i).padStart(3, '0')}.x` }));

const world = [
  ...['airplane', 'bird', 'drone', 'helicopter'].flatMap((label) => [...rows('airspace-video', label, 'train', 20), ...rows('airspace-video', label, 'val', 5, 21)]),
  ...['background', 'drone', 'helicopter'].flatMap((label) => [...rows('airspace-audio', label, 'train', 10), ...rows('airspace-audio', label, 'val', 3, 11)]),
];

describe('which sound goes with which pictures', () => {
  const plan = planAirspace(world, seeded(1));

  it('gives drones and helicopters their own sound, airplanes and birds background', () => {
    for (const clip of plan) expect(clip.sound).to.contain(`/${soundLabel(clip.label)}/`);
    expect(soundLabel('bird')).to.equal('background');
  });

  it('keeps videos and sounds on their side of the split', () => {
    for (const key of ['video', 'sound'] as const) {
      const parts = new Map<string, Set<string>>();
      for (const clip of plan) parts.set(clip[key], (parts.get(clip[key]) ?? new Set()).add(clip.part));
      for (const [path, seen] of parts) expect([...seen], path).to.have.length(1);
    }
    const val = new Set(world.filter((row) => row.part === 'val').map((row) => row.path));
    for (const clip of plan) expect(val.has(clip.video)).to.equal(clip.part === 'test');
  });

  it('holds back one block of neighbouring numbers', () => {
    const numbers = (part: string): number[] => plan.filter((clip) => clip.part === part && clip.label === 'bird').map((clip) => Number(/(\d+)\.x/.exec(clip.video)?.[1]));
    expect(Math.min(...numbers('val'))).to.be.greaterThan(Math.max(...numbers('train')));
    expect(new Set(numbers('val')).size).to.equal(4);
  });

  it('takes each sound once before it takes any twice', () => {
    const counts = new Map<string, number>();
    for (const clip of plan.filter((one) => one.label === 'drone' && one.part === 'train')) counts.set(clip.sound, (counts.get(clip.sound) ?? 0) + 1);
    expect(Math.max(...counts.values()) - Math.min(...counts.values())).to.be.at.most(1);
  });

  it('is the same for the same seed, and names each clip once', () => {
    expect(planAirspace(world, seeded(1))).to.deep.equal(plan);
    expect(planAirspace(world, seeded(2))).not.to.deep.equal(plan);
    expect(new Set(plan.map((clip) => `${clip.part}/${clip.name}`)).size).to.equal(plan.length);
  });
});
