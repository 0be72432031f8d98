import { expect } from 'chai';
import type { Published } from '../../../src/serve/protocol.js';
import { budgetOf, emptyBoard, showCameras, showMessage, siteFigures } from '../../../src/serve/dashboard/board.js';
import { event } from '../outputs.js';
import { report } from '../scripted-site.js';
import { segment } from './segments.js';

const viewsOf = (...reports: ReturnType<typeof report>[]) => {
  const board = emptyBoard();
  showCameras(board, reports);
  return board.cameras.value ?? [];
};

const segmentOf = (camera: string): Published => ({ type: 'segment', subscription: 1, seq: 1, camera, segment: segment(0, { level_dbfs: -20 }) });

describe('what the page shows', () => {
  it('estimates the cameras of a core from the time that the running ones take', () => {
    const figures = siteFigures(viewsOf(report('a'), report('b'), report('gone', { state: 'stalled' })));
    expect(figures).to.include({ cameras: 3, running: 2, msPerS: 24 });
    expect(figures.camerasPerCore).to.be.closeTo(1000 / 12, 1e-9);
    expect(siteFigures([]).camerasPerCore).to.equal(undefined);
  });

  it('adds budgets up only where every camera has one', () => {
    const bounded = (name: string, gmacs: number) => report(name, { definition: { source: 'x', budget: { gmacs_per_s: gmacs } } });
    expect(budgetOf(viewsOf(bounded('a', 1.5), bounded('b', 0.5)), 'gmacs')).to.equal(2);
    expect(budgetOf(viewsOf(bounded('a', 1.5), report('b')), 'gmacs')).to.equal(undefined);
    expect(budgetOf([], 'gmacs')).to.equal(undefined);
  });

  it('takes the cap of the site before those of its cameras', () => {
    const none = { gmacs: null, ms: null };
    const capped = report('a', { figures: { ...report('a').figures, budget: { utilization: none, site_utilization: none, site_cap: { gmacs_per_s: null, ms_per_s: 400 }, price: 0, debt_ms: 0, refusals: {} } } });
    expect(budgetOf(viewsOf(capped, report('b')), 'ms')).to.equal(400);
    expect(budgetOf(viewsOf(capped, report('b')), 'gmacs')).to.equal(undefined);
  });

  it('keeps what is known of a camera that stays, and forgets one that goes', () => {
    const board = emptyBoard();
    showCameras(board, [report('a'), report('b')]);
    showMessage(board, segmentOf('a'), true);
    const [a] = board.cameras.value ?? [];
    showCameras(board, [report('a', { state: 'blocked' })]);
    expect(board.cameras.value).to.deep.equal([a]);
    expect(a?.report.value.state).to.equal('blocked');
    expect(a?.segment.value?.level_dbfs).to.equal(-20);
    showCameras(board, []);
    showCameras(board, [report('a')]);
    expect(board.cameras.value?.[0]?.segment.value).to.equal(undefined);
  });

  it('is not moved by a camera it does not know yet', () => {
    const board = emptyBoard();
    showMessage(board, segmentOf('later'), true);
    expect(board.bins.value.length).to.equal(1);
  });

  it('reads out what is confirmed, but not what is caught up with', () => {
    const board = emptyBoard();
    const say = (type: 'provisional' | 'confirmed', aloud: boolean): void => {
      showMessage(board, { type: 'event', subscription: 1, seq: 1, camera: 'dock', event: event('siren', { type }).event }, aloud);
    };
    say('confirmed', false);
    expect(board.announcement.value).to.equal('');
    say('provisional', true);
    expect(board.announcement.value).to.equal('');
    say('confirmed', true);
    expect(board.announcement.value).to.match(/confirmed, score \d\.\d\d$/);
  });
});
