import { expect } from 'chai';
import fc from 'fast-check';
import type { CameraBudget } from '../../src/budget/camera-budget.js';
import { SiteBudget } from '../../src/budget/site-budget.js';
import type { SenseName } from '../../src/inference/manifest.js';
import { belief, cost, reading } from './beliefs.js';
import { counting, FREE, GRAPH, HOP_US, segment, wish } from './site.js';

describe('budget/site-budget', () => {
  it('keeps the cap of the site and of each camera in multiply-accumulates and in booked time, whatever the cameras wish and take', () => {
    const step = fc.record({
      camera: fc.nat(3), worth: fc.constantFrom(0.01, 0.2, 1, Infinity), motion: fc.boolean(),
      slow: fc.constantFrom(1, 1, 1, 10),
    });
    fc.assert(fc.property(fc.array(step, { minLength: 10, maxLength: 200 }), fc.record({ gmacs: fc.double({ min: 0.01, max: 1, noNaN: true }), ms: fc.double({ min: 1, max: 200, noNaN: true }) }), (steps, cap) => {
      const site = new SiteBudget({ gmacsPerS: cap.gmacs, msPerS: cap.ms, burstS: 5 });
      const cameras = Array.from({ length: 4 }, (_, i) => site.forCamera(`c${i}`, { ...FREE, msPerS: cap.ms / 2, burstS: 5 }, GRAPH));
      const indices = cameras.map(() => 0);
      const spent: { readonly atUs: number; readonly gmacs: number }[] = [];
      for (const { camera, worth, motion, slow } of steps) {
        const one = cameras[camera];
        if (one === undefined) continue;
        const index = indices[camera] ?? 0;
        indices[camera] = index + 1;
        const { heard, looked } = segment(one, index, { appearance: wish(worth), ...(motion ? { motion: wish(worth) } : {}) }, { audio: 2 * slow, appearance: 20 * slow, motion: 100 * slow });
        const atUs = site.account.nowUs;
        spent.push({ atUs, gmacs: (heard ? GRAPH.gmacs.audio : 0) + looked.reduce((sum, sense) => sum + GRAPH.gmacs[sense as SenseName], 0) });
        // What was really computed, by a count of our own.
        const inWindow = spent.filter((entry) => entry.atUs > atUs - 5e6).reduce((sum, { gmacs }) => sum + gmacs, 0);
        expect(inWindow).to.be.at.most(cap.gmacs * 5 * (1 + 1e-9));
        expect(site.account.window.held.ms).to.be.at.most(cap.ms * 5 * (1 + 1e-9));
        expect(one.account.window.held.ms).to.be.at.most((cap.ms / 2) * 5 * (1 + 1e-9));
      }
    }), { numRuns: 150 });
  });

  it('is the same for the same asks: nothing is drawn, no clock is read', () => {
    const once = (): unknown[] => {
      const camera = new SiteBudget({ gmacsPerS: 0.3, msPerS: 50, burstS: 10 }).forCamera('dock', FREE, GRAPH);
      return Array.from({ length: 100 }, (_, i) => segment(camera, i, { appearance: wish((i % 7) / 7), motion: wish((i % 3) / 3) }));
    };
    expect(once()).to.deep.equal(once());
  });

  it('hears in turn where not all can be heard, and never beyond the cap', () => {
    // Eight cameras need 8 × 0.02 = 0.16 GMAC/s, and there is a quarter of that.
    const site = new SiteBudget({ gmacsPerS: 0.04, msPerS: null, burstS: 10 });
    const cameras = Array.from({ length: 8 }, (_, i) => site.forCamera(`c${i}`, FREE, GRAPH));
    const heard = cameras.map(() => 0);
    for (let i = 0; i < 800; i += 1) for (const [n, camera] of cameras.entries()) heard[n] = (heard[n] ?? 0) + (segment(camera, i, {}).heard ? 1 : 0);
    const all = heard.reduce((sum, one) => sum + one, 0);
    expect(all * GRAPH.gmacs.audio).to.be.within(0.8 * 0.04 * 400, 0.04 * 410);
    expect(Math.min(...heard)).to.be.above(0.7 * (all / 8));
  });

  it('neither hears nor looks with a budget of nothing, and says why', () => {
    const camera = new SiteBudget({ gmacsPerS: 0, msPerS: 0, burstS: 10 }).forCamera('dock', FREE, GRAPH);
    const { heard, looked, why } = segment(camera, 0, { appearance: wish(Infinity) });
    expect([heard, looked, why]).to.deep.equal([false, [], ['one look may take more than the budget ever has at once']]);
    expect(camera.figures.refusals).to.deep.equal({ listening: 1, never: 1 });
  });

  it('only listens where a look is more than the cap ever has', () => {
    const camera = new SiteBudget({ gmacsPerS: 0.025, msPerS: null, burstS: 2 }).forCamera('dock', FREE, GRAPH);
    for (let i = 0; i < 50; i += 1) expect(segment(camera, i, { motion: wish(Infinity) })).to.deep.equal({ heard: true, looked: [], why: ['one clip may take more than the budget ever has at once'] });
  });

  it('spends most of the cap when there is work', () => {
    const site = new SiteBudget({ gmacsPerS: 0.5, msPerS: null, burstS: 10 });
    const cameras = [0, 1, 2, 3].map((i) => site.forCamera(`c${i}`, FREE, GRAPH));
    for (let i = 0; i < 1000; i += 1) for (const [n, camera] of cameras.entries()) segment(camera, i, { appearance: wish(((i * 7 + n * 3) % 11) / 11) });
    expect(site.account.total.gmacs / (0.5 * site.account.nowUs / 1e6)).to.be.above(0.9);
  });

  it('lets what is worth more go before what is worth less', () => {
    const site = new SiteBudget({ gmacsPerS: 0.26, msPerS: null, burstS: 10 });
    const [good, poor] = ['good', 'poor'].map((name) => site.forCamera(name, FREE, GRAPH)) as [CameraBudget, CameraBudget];
    let [goods, poors] = [0, 0];
    for (let i = 0; i < 1200; i += 1) {
      goods += segment(good, i, { appearance: wish(0.8) }).looked.length;
      poors += segment(poor, i, { appearance: wish(0.1) }).looked.length;
    }
    expect(goods).to.be.above(5 * poors);
    // The poor one is not starved, either: in a window's length it gets at least one look.
    expect(poors).to.be.at.least(0.7 * (1200 * HOP_US / 1e6) / 10);
  });

  it('makes a look that nobody wishes for where it is worth enough and there is room, without rights, and counts no refusal', () => {
    const look = (camera: CameraBudget, index: number, worth: number): boolean => {
      camera.hear((index + 1) * HOP_US);
      const looked = camera.offer('appearance', worth);
      camera.settle(belief(index, { readings: { audio: reading('audio', cost(GRAPH.gmacs.audio, 2)), ...(looked ? { appearance: reading('appearance', cost(GRAPH.gmacs.appearance, 20)) } : {}) } }));
      return looked;
    };
    const camera = (unaskedBit: number | null): CameraBudget => new SiteBudget({ gmacsPerS: 0.1, msPerS: null, burstS: 10 }).forCamera('dock', { ...FREE, unaskedBit }, GRAPH);
    const [willing, strict, never] = [camera(0.5), camera(2), camera(null)];
    const looks = [willing, strict, never].map((one) => counting(200, (i) => look(one, i, 1)));
    // 0.1 GMAC/s less 0.02 for listening pay for 0.8 looks a second.
    expect(looks[0]).to.be.within(50, 80);
    expect(looks.slice(1)).to.deep.equal([0, 0]);
    expect(willing.figures.refusals).to.deep.equal({});
    expect(counting(20, (i) => look(camera(0.5), i, 0.4))).to.equal(0);
  });

  it('weighs a camera by its priority', () => {
    const site = new SiteBudget({ gmacsPerS: 0.26, msPerS: null, burstS: 10 });
    const first = site.forCamera('first', { ...FREE, priority: 10 }, GRAPH);
    const last = site.forCamera('last', FREE, GRAPH);
    let [firsts, lasts] = [0, 0];
    for (let i = 0; i < 1200; i += 1) {
      lasts += segment(last, i, { appearance: wish(0.5) }).looked.length;
      firsts += segment(first, i, { appearance: wish(0.5) }).looked.length;
    }
    expect(firsts).to.be.above(3 * lasts);
  });

  it('gives each camera its minimum share, lends what is not used, and has it given back', () => {
    const site = new SiteBudget({ gmacsPerS: 0.44, msPerS: null, burstS: 10 });
    const owner = site.forCamera('owner', { ...FREE, minimumShare: 0.5 }, GRAPH);
    const other = site.forCamera('other', { ...FREE, priority: 100 }, GRAPH);
    const phase = (from: number, to: number, owns: boolean): [number, number] => {
      let [owned, others] = [0, 0];
      for (let i = from; i < to; i += 1) {
        others += segment(other, i, { appearance: wish(1) }).looked.length;
        owned += segment(owner, i, owns ? { appearance: wish(0.2) } : {}).looked.length;
      }
      return [owned, others];
    };
    const [, lent] = phase(0, 400, false);
    // 0.44 GMAC/s less 0.04 for hearing is four looks a second; two segments come in that time.
    expect(lent).to.be.above(0.9 * 400);
    const [owned] = phase(400, 800, true);
    // Its half is 0.22 GMAC/s: two looks a second and more than it has segments for.
    expect(owned).to.be.above(0.9 * 400);
  });

  it('returns a lent share within two windows even from one who takes all he can', () => {
    const site = new SiteBudget({ gmacsPerS: 0.14, msPerS: null, burstS: 10 });
    const owner = site.forCamera('owner', { ...FREE, minimumShare: 0.5 }, GRAPH);
    const others = [0, 1, 2].map((i) => site.forCamera(`c${i}`, { ...FREE, priority: 100 }, GRAPH));
    for (let i = 0; i < 200; i += 1) {
      for (const other of others) segment(other, i, { appearance: wish(5) });
      segment(owner, i, {});
    }
    const first = Array.from({ length: 60 }, (_, k) => 200 + k).find((i) => {
      for (const other of others) segment(other, i, { appearance: wish(5) });
      return segment(owner, i, { appearance: wish(0.01) }).looked.length > 0;
    });
    expect(first).to.be.at.most(200 + 40);
  });

  it('pays first for what the user asked for', () => {
    const site = new SiteBudget({ gmacsPerS: 0.3, msPerS: null, burstS: 10 });
    const asking = site.forCamera('asking', FREE, GRAPH);
    const others = [0, 1, 2].map((i) => site.forCamera(`c${i}`, { ...FREE, priority: 1000 }, GRAPH));
    const waits: number[] = [];
    let due: number | undefined;
    for (let i = 0; i < 1000; i += 1) {
      for (const other of others) segment(other, i, { appearance: wish(10) });
      if (i % 20 === 0) due ??= i;
      // Like a heartbeat, it is asked for again until it is granted.
      if (due === undefined || segment(asking, i, { appearance: wish(Infinity) }).looked.length === 0) {
        if (due === undefined) segment(asking, i, {});
        continue;
      }
      waits.push(i - due);
      due = undefined;
    }
    expect(waits.length).to.be.at.least(49);
    // At worst until what was spent as a burst has left the window.
    expect(Math.max(...waits)).to.be.at.most(20);
    expect(waits.reduce((sum, wait) => sum + wait, 0) / waits.length).to.be.at.most(3);
  });

  it('looks less and hears as before when it falls behind real time', () => {
    const site = new SiteBudget({ gmacsPerS: null, msPerS: 1000, burstS: 10 });
    const camera = site.forCamera('dock', FREE, GRAPH);
    const run = (from: number, late: boolean): number => counting(20, (k) => {
      if (late) camera.overtaken();
      const { heard, looked } = segment(camera, from + k, { appearance: wish(0.5) });
      expect(heard).to.equal(true);
      return looked.length > 0;
    });
    expect(run(0, false)).to.equal(20);
    expect(run(20, true)).to.be.at.most(8);
    expect(run(140, false)).to.be.at.most(20);
    for (let i = 160; i < 300; i += 1) segment(camera, i, {});
    expect(run(300, false)).to.equal(20);
  });

  it('lets a camera that is added when nothing is left hear within a window, and look in time', () => {
    const site = new SiteBudget({ gmacsPerS: 0.2, msPerS: null, burstS: 10 });
    const first = site.forCamera('first', FREE, GRAPH);
    for (let i = 0; i < 100; i += 1) segment(first, i, { appearance: wish(1) });
    const second = site.forCamera('second', FREE, GRAPH);
    let [heard, looked] = [0, 0];
    for (let i = 0; i < 100; i += 1) {
      segment(first, 100 + i, { appearance: wish(1) });
      const result = segment(second, i, { appearance: wish(1) });
      heard += result.heard ? 1 : 0;
      looked += result.looked.length;
    }
    expect(heard).to.be.at.least(79);
    expect(looked).to.be.at.least(15);
  });

  it('prices what a camera has never done by what it takes the others, not by a guess on the safe side', () => {
    const site = new SiteBudget({ gmacsPerS: null, msPerS: 60, burstS: 60 });
    const looks = (i: number): Readonly<Record<'appearance' | 'motion', number>> => ({ appearance: wish(((i * 3) % 11) / 11), motion: wish(((i * 7) % 11) / 2) });
    const clip = (camera: CameraBudget, i: number, of: number): boolean => segment(camera, i, looks(of)).looked.includes('motion');
    const first = site.forCamera('first', FREE, GRAPH);
    expect(counting(400, (i) => clip(first, i, i))).to.be.above(50);
    const second = site.forCamera('second', FREE, GRAPH);
    let [firsts, seconds] = [0, 0];
    for (let i = 0; i < 400; i += 1) {
      firsts += clip(first, 400 + i, i) ? 1 : 0;
      seconds += clip(second, i, i + 5) ? 1 : 0;
    }
    expect(seconds).to.be.above(firsts / 3);
    // Another net tells nothing of it.
    expect(second.measured('motion', GRAPH.gmacs.motion)).to.include.keys('usualMs', 'worstMs');
    expect(second.measured('motion', 2 * GRAPH.gmacs.motion)).to.equal(undefined);
  });

  it('lets a camera that has come back go on at once, and one that leaves make room', () => {
    const site = new SiteBudget({ gmacsPerS: 0.2, msPerS: null, burstS: 10 });
    const [one, two] = [site.forCamera('one', FREE, GRAPH), site.forCamera('two', FREE, GRAPH)];
    for (let i = 0; i < 60; i += 1) {
      segment(one, i, { appearance: wish(1) });
      segment(two, i, { appearance: wish(1) });
    }
    two.close();
    two.close();
    expect(Object.keys(site.report.cameras)).to.deep.equal(['one']);
    // A jump of an hour earns nothing: it counts as two seconds.
    const before = site.account.nowUs;
    one.hear(3600e6);
    expect(site.account.nowUs - before).to.equal(2e6);
    // A clock that began anew goes on.
    one.hear(500_000);
    expect(site.account.nowUs - before).to.equal(2.5e6);
  });

  it('tries an action again that one bad run has made to look too dear', () => {
    const camera = new SiteBudget({ gmacsPerS: null, msPerS: 100, burstS: 10 }).forCamera('dock', FREE, GRAPH);
    for (let i = 0; i < 20; i += 1) segment(camera, i, { appearance: wish(Infinity) });
    segment(camera, 20, { appearance: wish(Infinity) }, { audio: 2, appearance: 5000, motion: 0 });
    const tried = counting(600, (k) => segment(camera, 21 + k, { appearance: wish(Infinity) }).looked.length > 0);
    expect(tried).to.be.above(200);
  });

  it('never runs again what has always been dearer than the cap', () => {
    const camera = new SiteBudget({ gmacsPerS: null, msPerS: 50, burstS: 2 }).forCamera('dock', FREE, GRAPH);
    const ran = counting(4000, (i) => segment(camera, i, { motion: wish(Infinity) }, { audio: 2, appearance: 20, motion: 500 }).looked.length > 0);
    expect(ran).to.be.within(1, 3);
  });
});
