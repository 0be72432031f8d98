import { expect } from 'chai';
import { firstValueFrom } from 'rxjs';
import { serialQueue } from '../../src/inference/serial-queue.js';
import { faultOf } from './shared.js';

/** A task that ends when it is told to. */
const task = (log: string[], name: string) => {
  let end = (): void => undefined;
  const run = (): Promise<string> => new Promise((resolve) => {
    log.push(`${name} begins`);
    end = () => { resolve(name); };
  });
  return { run, end: () => { end(); } };
};
const settled = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });

describe('serialQueue', () => {
  it('runs one task at a time, in order, and begins at subscription', async () => {
    const log: string[] = [];
    const queue = serialQueue(4);
    const [a, b] = [task(log, 'a'), task(log, 'b')];
    const [first, second] = [queue.add(a.run), queue.add(b.run)];
    expect(log).to.deep.equal([]);
    second.subscribe((name) => log.push(`${name} ends`));
    first.subscribe((name) => log.push(`${name} ends`));
    await settled();
    expect(log).to.deep.equal(['b begins']);
    b.end();
    await settled();
    a.end();
    await queue.idle();
    expect(log).to.deep.equal(['b begins', 'b ends', 'a begins', 'a ends']);
  });

  it('never begins a task that is unsubscribed while it waits, and goes on after one that fails', async () => {
    const log: string[] = [];
    const queue = serialQueue(4);
    queue.add(() => Promise.reject(new Error('no'))).subscribe({ error: () => log.push('failed') });
    queue.add(task(log, 'never').run).subscribe().unsubscribe();
    expect(await firstValueFrom(queue.add(() => Promise.resolve('after')))).to.equal('after');
    expect(log).to.deep.equal(['failed']);
  });

  it('refuses more waiting tasks than its limit', async () => {
    const queue = serialQueue(1);
    const [running, waiting] = [task([], 'running'), task([], 'waiting')];
    queue.add(running.run).subscribe();
    queue.add(waiting.run).subscribe();
    expect((await faultOf('inference-failed', () => firstValueFrom(queue.add(() => Promise.resolve()))) ).message).to.include('1 runs');
    running.end();
    await settled();
    waiting.end();
    await queue.idle();
  });
});
