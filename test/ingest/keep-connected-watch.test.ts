import { expect } from 'chai';
import { dropped, fault, keep, opened, pictures, sound } from './scripted-camera.js';

const MS = 1_000;

describe('A source that is watched', () => {
  it('runs as long as anything comes, sound or pictures', () => {
    const { camera, passUntil, states, connections } = keep();
    camera().next(opened());
    for (let ms = 0; ms < 3_000; ms += 250) {
      passUntil(ms);
      camera().next(ms % 500 === 0 ? sound(ms * MS, 250) : pictures(ms * MS));
    }
    expect(states()).to.deep.equal(['0 starting', '0 running']);
    expect(connections).to.have.length(1);
  });

  it('is stalled when nothing has come for as long as it says, not earlier', () => {
    const { camera, passUntil, states, faults, connections } = keep();
    camera().next(opened());
    passUntil(150);
    camera().next(sound(0, 100));
    passUntil(449);
    expect(states()).to.deep.equal(['0 starting', '150 running']);
    passUntil(450);
    expect(states()).to.deep.equal(['0 starting', '150 running', '450 stalled']);
    expect(faults()).to.deep.equal(['source-stalled']);
    expect(connections[0]?.closedAtMs).to.equal(450);
    passUntil(550);
    expect(states().at(-1)).to.equal('550 starting');
    expect(connections).to.have.length(2);
  });

  it('that opens and then sends nothing is stalled too', () => {
    const { camera, passUntil, states } = keep();
    passUntil(200);
    camera().next(opened());
    passUntil(499);
    expect(states()).to.deep.equal(['0 starting']);
    passUntil(500);
    expect(states().at(-1)).to.equal('500 stalled');
  });

  it('is not stalled while a recording waits for its permit', () => {
    const { camera, passUntil, heard, states } = keep();
    const permits: number[] = [];
    camera().next(opened(false, (untilUs) => permits.push(untilUs)));
    passUntil(5_000);
    expect(states()).to.deep.equal(['0 starting']);
    const event = heard.find(({ event: { kind } }) => kind === 'opened')?.event;
    if (event?.kind !== 'opened') return expect.fail('it was not opened');
    event.permit(1_000 * MS);
    camera().next(sound(0, 1_000));
    passUntil(10_000);
    expect(states()).to.deep.equal(['0 starting', '5000 running']);
    expect(permits).to.deep.equal([1_000 * MS]);
    // Permitted and silent is another matter.
    event.permit(2_000 * MS);
    passUntil(10_000 + 299);
    expect(states().at(-1)).to.equal('5000 running');
    passUntil(10_000 + 300 + 300);
    expect(states().at(-1)).to.match(/failed/);
  });

  it('is blocked when its sound is dropped, and for that it is never connected anew', () => {
    const { camera, passUntil, states, connections } = keep();
    camera().next(opened());
    for (let ms = 0; ms < 5_000; ms += 200) {
      passUntil(ms);
      camera().next(dropped(ms * MS, (ms + 200) * MS));
      camera().next(pictures(ms * MS));
    }
    expect(states()).to.deep.equal(['0 starting', '0 blocked']);
    expect(connections).to.have.length(1);
    camera().next(sound(5_000 * MS, 200));
    expect(states().at(-1)).to.equal('4800 running');
  });
});

describe('What a silent source held back', () => {
  it('comes in a burst that no listener follows: it is blocked only if that lasts longer than the silence', () => {
    const { camera, passUntil, states } = keep({ stallMs: 10_000 });
    camera().next(opened());
    camera().next(sound(0, 200));
    for (let ms = 6_000; ms < 12_000; ms += 500) {
      passUntil(ms);
      camera().next(sound(ms * MS, 200));
      camera().next(dropped((ms + 200) * MS, (ms + 400) * MS));
    }
    expect(states()).to.deep.equal(['0 starting', '0 running']);
    passUntil(12_000);
    camera().next(dropped(12_000 * MS, 12_200 * MS));
    expect(states().at(-1)).to.equal('12000 blocked');
  });
});

describe('A publisher that is lost', () => {
  it('is waited for: no next attempt is announced', () => {
    const { camera, passUntil, heard } = keep({ pushed: true });
    camera().next(opened());
    passUntil(100);
    camera().error(fault('source-lost'));
    const event = heard.at(-1)?.event;
    expect(event).to.include({ kind: 'state', state: 'stalled' });
    expect(event).to.not.have.property('retryInMs');
  });
});

describe('Media time', () => {
  it('goes on across connections, by as much as passed while nobody was connected', () => {
    const { camera, passUntil, connections } = keep();
    camera().next(opened());
    passUntil(250);
    camera().next(sound(0, 240));
    camera().next(pictures(200 * MS));
    camera().error(fault('source-lost'));
    passUntil(350);
    expect(connections[1]?.startUs).to.equal(340 * MS);
    expect(connections.map(({ connection }) => connection)).to.deep.equal([1, 2]);
  });

  it('counts what was dropped', () => {
    const { camera, passUntil, connections } = keep();
    camera().next(opened());
    camera().next(dropped(0, 150 * MS));
    camera().error(fault('source-lost'));
    passUntil(100);
    expect(connections[1]?.startUs).to.equal(250 * MS);
  });

  it('does not begin before the first connection', () => {
    const { camera, passUntil, connections } = keep();
    camera().error(fault('source-refused'));
    passUntil(100);
    expect(connections[1]).to.include({ startUs: 0, connection: 1 });
  });

  it('has one origin on the wall clock over all connections of a live source', () => {
    const { camera, passUntil, heard } = keep({ stallMs: 10_000 });
    passUntil(1_000);
    camera().next(opened());
    passUntil(3_000);
    camera().next(sound(0, 2_000));
    camera().error(fault('source-lost'));
    passUntil(3_100);
    camera().next(opened());
    const origins = heard.flatMap(({ event }) => (event.kind === 'opened' ? [event.originEpochMs] : []));
    expect(origins).to.deep.equal([1_000, 1_000]);
  });

  it('of a recording has no wall clock: its events are the same on every run', () => {
    const { camera, passUntil, heard } = keep();
    passUntil(100);
    camera().next(opened(false));
    const origins = heard.flatMap(({ event }) => (event.kind === 'opened' ? [event.originEpochMs] : []));
    expect(origins).to.deep.equal([0]);
  });
});

describe('Who no longer wants a source', () => {
  it('leaves neither connection nor timer behind', () => {
    const { camera, subscription, passUntil, open, timers, connections } = keep();
    camera().next(opened());
    subscription.unsubscribe();
    expect([open(), timers()]).to.deep.equal([0, 0]);
    passUntil(10_000);
    expect(connections).to.have.length(1);
  });

  it('leaves nothing behind during a pause either', () => {
    const { camera, subscription, passUntil, open, timers, connections } = keep();
    camera().error(fault('source-refused'));
    subscription.unsubscribe();
    expect([open(), timers()]).to.deep.equal([0, 0]);
    passUntil(10_000);
    expect(connections).to.have.length(1);
  });

  it('may leave upon hearing that it stalled', () => {
    const { camera, passUntil, open, timers, connections } = keep({}, (event, stop) => {
      if (event.kind === 'state' && event.state === 'stalled') stop();
    });
    camera().error(fault('source-refused'));
    expect([open(), timers()]).to.deep.equal([0, 0]);
    passUntil(10_000);
    expect(connections).to.have.length(1);
  });

  it('may leave upon hearing that it starts again', () => {
    let starts = 0;
    const { camera, passUntil, open, timers } = keep({}, (event, stop) => {
      if (event.kind === 'state' && event.state === 'starting') starts += 1;
      if (starts === 2) stop();
    });
    camera().error(fault('source-refused'));
    passUntil(10_000);
    expect(starts).to.equal(2);
    expect([open(), timers()]).to.deep.equal([0, 0]);
  });

  it('may leave upon any event of a connection', () => {
    const { camera, open, timers } = keep({}, (event, stop) => {
      if (event.kind === 'audio') stop();
    });
    camera().next(opened());
    camera().next(sound(0, 10));
    expect([open(), timers()]).to.deep.equal([0, 0]);
  });
});
