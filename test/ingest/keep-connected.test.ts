import { expect } from 'chai';
import fc from 'fast-check';
import { Observable, filter, firstValueFrom, of, map, tap, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { FaultKind } from '../../src/faults.js';
import { keepConnected } from '../../src/ingest/keep-connected.js';
import type { ConnectionEvent } from '../../src/media/link.js';
import type { SourceEvent } from '../../src/ingest/types.js';
import { POLICY, fault, keep, opened, pictures, sound } from './scripted-camera.js';

/** A source event as one letter of a marble diagram: states in small letters, the rest in capitals. */
const letter = (event: SourceEvent): string => (event.kind === 'state' ? { starting: 's', running: 'r', blocked: 'b', stalled: 'x', ended: 'e', failed: 'f' }[event.state] : event.kind.charAt(0).toUpperCase());

const marbles = (work: (helpers: Parameters<Parameters<TestScheduler['run']>[0]>[0], scheduler: TestScheduler) => void): void => {
  const scheduler = new TestScheduler((actual, expected) => { expect(actual).to.deep.equal(expected); });
  scheduler.run((helpers) => { work(helpers, scheduler); });
};

const MEDIA = { o: opened(), r: opened(false), a: sound(0, 10), v: pictures(10_000), e: { kind: 'ended' as const } };

describe('keepConnected', () => {
  it('passes a recording through, and completes with it', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const source = cold('      --r----a----v----e', MEDIA);
      const subscriptions = '    ^----------------!';
      const expected = '         s-O----(rA)-V----(e|)';
      expectObservable(keepConnected(() => source, POLICY, scheduler).pipe(map(letter))).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe(subscriptions);
    });
  });

  it('ends with a recording that is damaged, and says so once', () => {
    const { camera, states, faults, result } = keep();
    camera().next(opened(false));
    camera().next(sound(0, 100));
    camera().next({ kind: 'ended', fault: fault('source-damaged') });
    expect(states()).to.deep.equal(['0 starting', '0 running', '0 ended']);
    expect(faults()).to.deep.equal(['source-damaged']);
    expect(result).to.deep.equal({ completed: true });
  });

  it('connects again when a live source is lost, and never twice at a time', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const source = cold('      o---------a---------#', MEDIA, fault('source-lost'));
      const expected = '         (sO)------(rA)------x---------(sO)------(rA)------x------';
      const unsubscribed = '     ^--------------------------------------------------------!';
      const first = '            ^-------------------!';
      const second = '           ------------------------------^-------------------!';
      const kept = keepConnected(() => source, { ...POLICY, minMs: 10, maxMs: 10 }, scheduler).pipe(map(letter));
      expectObservable(kept, unsubscribed).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe([first, second]);
    });
  });

  it('takes one that is silent for a stalled one, closes it and connects again', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const source = cold('      o---------a--------------', MEDIA);
      // Nothing for 20 ms after the sound at 10.
      const expected = '         (sO)------(rA)----------------x---------(sO)------(rA)----------';
      const unsubscribed = '     ^---------------------------------------------------------------!';
      const first = '            ^-----------------------------!';
      const second = '           ----------------------------------------^-----------------------!';
      const kept = keepConnected(() => source, { ...POLICY, minMs: 10, maxMs: 10, stallMs: 20 }, scheduler).pipe(map(letter));
      expectObservable(kept, unsubscribed).toBe(expected);
      expectSubscriptions(source.subscriptions).toBe([first, second]);
    });
  });

  it('closes its connection when it is unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const source = cold('      o----a----a----a', MEDIA);
      expectObservable(keepConnected(() => source, POLICY, scheduler).pipe(map(letter)), '^------!').toBe('(sO)-(rA)');
      expectSubscriptions(source.subscriptions).toBe('^------!');
    });
  });
});

describe('The pauses of keepConnected', () => {
  const failing = (policy: Parameters<typeof keep>[0] = {}) => {
    const kept = keep(policy);
    for (let round = 0; round < 7; round += 1) {
      kept.camera().error(fault('source-refused'));
      const last = kept.heard.at(-1)!;
      if (last.event.kind === 'state') kept.passUntil(last.atMs + (last.event.retryInMs ?? 0));
    }
    return kept.heard.flatMap(({ event }) => (event.kind === 'state' && event.retryInMs !== undefined ? [event.retryInMs] : []));
  };

  it('double up to the longest', () => {
    expect(failing()).to.deep.equal([100, 200, 400, 800, 1_000, 1_000, 1_000]);
  });

  it('are jittered: each between a half of it and all', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 0.999999, noNaN: true }), { minLength: 7, maxLength: 7 }), (randoms) => {
      const values = [...randoms];
      const pauses = failing({ random: () => values.shift() ?? 0 });
      [100, 200, 400, 800, 1_000, 1_000, 1_000].forEach((most, i) => {
        expect(pauses[i]).to.equal(Math.round(most * (1 - randoms[i]! / 2)));
        expect(pauses[i]).to.be.within(most / 2, most);
      });
    }), { numRuns: 20 });
  });

  it('begin anew after a connection that was healthy, and not after one that was not', () => {
    const { camera, passUntil, heard } = keep({ stallMs: 10_000 });
    const pauses = (): number[] => heard.flatMap(({ event }) => (event.kind === 'state' && event.retryInMs !== undefined ? [event.retryInMs] : []));
    camera().error(fault('source-refused'));
    passUntil(100);
    camera().error(fault('source-refused'));
    passUntil(300);
    camera().next(opened());
    passUntil(300 + 499);
    camera().error(fault('source-lost'));
    expect(pauses()).to.deep.equal([100, 200, 400]);
    passUntil(300 + 499 + 400);
    camera().next(opened());
    passUntil(300 + 499 + 400 + 500);
    camera().error(fault('source-lost'));
    expect(pauses()).to.deep.equal([100, 200, 400, 100]);
  });

  it('are kept: no attempt is made before they are over', () => {
    const { camera, passUntil, connections } = keep();
    camera().error(fault('source-refused'));
    passUntil(99);
    expect(connections).to.have.length(1);
    passUntil(100);
    expect(connections.map(({ atMs }) => atMs)).to.deep.equal([0, 100]);
  });
});

describe('A first attempt that fails', () => {
  const outcome = (kind: FaultKind, firstFailure: 'fatal' | 'retry'): string => {
    const { camera, states, result, open, timers } = keep({ firstFailure });
    camera().error(fault(kind));
    if (result.fault !== undefined) expect([open(), timers()]).to.deep.equal([0, 0]);
    return `${result.fault?.kind ?? 'goes on'}: ${states().at(-1)!}`;
  };

  it('is the end for a command', () => {
    expect(outcome('source-refused', 'fatal')).to.equal('source-refused: 0 failed');
    expect(outcome('source-not-found', 'fatal')).to.equal('source-not-found: 0 failed');
  });

  it('is tried again by a service, if it may pass', () => {
    expect(outcome('source-refused', 'retry')).to.equal('goes on: 0 stalled');
    expect(outcome('media-process-crashed', 'retry')).to.equal('goes on: 0 stalled');
    expect(outcome('source-login-refused', 'retry')).to.equal('source-login-refused: 0 failed');
    expect(outcome('source-not-found', 'retry')).to.equal('source-not-found: 0 failed');
  });

  it('may also fail at once, while it is being subscribed', () => {
    for (const firstFailure of ['fatal', 'retry'] as const) {
      const states: string[] = [];
      let error: unknown;
      const subscription = keepConnected(() => throwError(() => fault('source-refused')), { ...POLICY, firstFailure }).subscribe({
        next: (event) => { states.push(letter(event)); },
        error: (it: unknown) => { error = it; },
      });
      subscription.unsubscribe();
      expect(states.join('')).to.equal(firstFailure === 'fatal' ? 'sf' : 'sx');
      expect(error === undefined).to.equal(firstFailure === 'retry');
    }
  });

  it('fails with what stalled it, when nothing comes at all', () => {
    const { passUntil, result, open } = keep({ firstFailure: 'fatal' });
    passUntil(299);
    expect(result.fault).to.equal(undefined);
    passUntil(300);
    expect(result.fault?.kind).to.equal('source-stalled');
    expect(result.fault?.sentence).to.match(/^rtsp:\/\/camera has sent nothing/);
    expect(open()).to.equal(0);
  });
});

describe('A later attempt that fails', () => {
  const again = (kind: FaultKind, live = true): string => {
    const { camera, passUntil, states, result } = keep({ firstFailure: 'fatal' });
    const ended = (): string => result.fault?.kind ?? 'goes on';
    camera().next(opened(live));
    camera().error(fault('source-lost'));
    if (result.completed || ended() !== 'goes on') return `${ended()} at once`;
    passUntil(100);
    camera().error(fault(kind));
    return `${ended()}: ${states().at(-1)!}`;
  };

  it('is tried again, whatever it is, since it has worked before', () => {
    for (const kind of ['source-refused', 'source-not-found', 'source-login-refused', 'source-not-media', 'external-ffmpeg-failed'] as const) {
      expect(again(kind)).to.equal('goes on: 100 stalled');
    }
  });

  it('is the end if trying cannot mend it', () => {
    expect(again('internal')).to.equal('internal: 100 failed');
    expect(again('external-ffmpeg-missing')).to.equal('external-ffmpeg-missing: 100 failed');
  });

  it('is the end for a recording, which would begin anew', () => {
    expect(again('source-lost', false)).to.equal('source-lost at once');
  });
});

describe('A wall clock that is set', () => {
  const wall = Date.now.bind(Date);
  afterEach(() => { Date.now = wall; });

  for (const [way, jumpMs] of [['an hour on', 3_600_000], ['an hour back', -3_600_000]] as const) {
    it(`by ${way} leaves media time where it was, and the next connection takes the new one`, async () => {
      const attempts: { readonly startUs: number }[] = [];
      const origins: number[] = [];
      const source = (attempt: { readonly startUs: number }): Observable<ConnectionEvent> => new Observable((camera) => {
        attempts.push(attempt);
        camera.next(opened());
        if (attempts.length > 1) return;
        camera.next(sound(0, 1_000));
        Promise.resolve().then(() => {
          camera.error(fault('source-lost'));
          Date.now = () => wall() + jumpMs;
        }, () => undefined);
      });
      const kept = keepConnected(source, { ...POLICY, minMs: 1, stallMs: 60_000 });
      await firstValueFrom(kept.pipe(tap((event) => { if (event.kind === 'opened') origins.push(event.originEpochMs); }), filter(() => attempts.length === 2 && origins.length === 2)));
      expect(attempts[1]?.startUs).to.be.within(1_000_000, 31_000_000);
      expect(origins[1]).to.be.closeTo(wall() + jumpMs - 1_000, 30_000);
    });
  }

  it('is read where the camera was opened, not where the news of it waited', async () => {
    const source = (): Observable<ConnectionEvent> => of({ ...opened(), kind: 'opened', epochMs: 1_700_000_000_000 } as ConnectionEvent);
    const first = await firstValueFrom(keepConnected(source, POLICY).pipe(filter((event) => event.kind === 'opened')));
    expect(first).to.include({ originEpochMs: 1_700_000_000_000 });
  });
});
