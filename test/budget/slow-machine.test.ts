import { expect } from 'chai';
import { SiteBudget } from '../../src/budget/site-budget.js';
import { counting, FREE, GRAPH, segment, wish } from './site.js';

describe('budget/site-budget on a machine that is slow for a while', () => {
  it('always hears while hearing fits, however much is looked at and however slow the machine is for a while', () => {
    const site = new SiteBudget({ gmacsPerS: 0.5, msPerS: 100, burstS: 10 });
    const cameras = [0, 1, 2, 3].map((i) => site.forCamera(`c${i}`, FREE, GRAPH));
    for (let i = 0; i < 400; i += 1) {
      const slow = i >= 100 && i < 104 ? 10 : 1;
      for (const camera of cameras) expect(segment(camera, i, { appearance: wish(Infinity), motion: wish(Infinity) }, { audio: 2 * slow, appearance: 20 * slow, motion: 100 * slow }).heard).to.equal(true);
    }
  });

  it('goes on looking where one hearing in many is slow: the worst of one is not to be feared of each', () => {
    const site = new SiteBudget({ gmacsPerS: null, msPerS: 120, burstS: 10 });
    const cameras = [0, 1, 2, 3].map((i) => site.forCamera(`c${i}`, FREE, GRAPH));
    // One in fifty takes 30 ms. Were each as slow, hearing four cameras twice a second would take twice the cap.
    const looks = counting(400, (i) => cameras.map((camera) => segment(camera, i, { motion: wish(1) }, { audio: i % 50 === 7 ? 30 : 2, appearance: 20, motion: 100 })).some(({ looked }) => looked.length > 0));
    expect(looks).to.be.above(60);
    for (const { figures: { refusals } } of cameras) {
      expect(refusals.never ?? 0).to.be.below(40);
      expect(refusals).to.not.have.any.keys('listening');
    }
  });

  it('hears on after a stall of the whole machine, and looks again as soon as the stall is paid for', () => {
    const site = new SiteBudget({ gmacsPerS: null, msPerS: 1200, burstS: 10 });
    const cameras = Array.from({ length: 8 }, (_, i) => site.forCamera(`c${i}`, FREE, GRAPH));
    const looksAt = (i: number): number => {
      const stalled = i === 200 || i === 201;
      const all = cameras.map((camera) => segment(camera, i, { appearance: wish(1) }, { audio: stalled ? 1500 : 5, appearance: 20, motion: 100 }));
      expect(all.every(({ heard }) => heard), `segment ${i}`).to.equal(true);
      return all.filter(({ looked }) => looked.length > 0).length;
    };
    const looks = Array.from({ length: 300 }, (_, i) => looksAt(i));
    // 24 s of work are paid back at 1.2 s a second, less what listening takes meanwhile.
    expect(looks.slice(202, 240).reduce((a, b) => a + b)).to.equal(0);
    expect(looks.slice(260).reduce((a, b) => a + b)).to.be.above(250);
  });

  it('hears in turn by what hearing takes in the mean: a slow moment now and then does not silence a camera', () => {
    const site = new SiteBudget({ gmacsPerS: null, msPerS: 100, burstS: 10 });
    const cameras = [0, 1, 2, 3].map((i) => site.forCamera(`c${i}`, FREE, GRAPH));
    // 160 ms/s would be needed, and more, since one camera in turn takes a second each ten seconds: the first of them at its first segment.
    let takenMs = 0;
    for (let i = 0; i < 800; i += 1) {
      for (const [n, camera] of cameras.entries()) {
        const ms = i % 80 === 20 * n ? 1000 : 20;
        takenMs += segment(camera, i, {}, { audio: ms, appearance: 20, motion: 100 }).heard ? ms : 0;
      }
    }
    expect(takenMs / 400).to.be.within(75, 101);
    const heard = cameras.map((camera) => 800 - (camera.figures.refusals.listening ?? 0));
    expect(Math.min(...heard)).to.be.above(0.5 * Math.max(...heard));
  });
});
