import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { firstValueFrom } from 'rxjs';
import { Fault } from '../../src/faults.js';
import type { MediaHost } from '../../src/media/host.js';
import { Heard, hosts, spec, until, videoOf } from '../fixtures/connections.js';
import { camera, ordinary } from '../fixtures/recordings.js';

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

/** The only media process of a host. */
const pidOf = ({ pids }: MediaHost): number => pids[0] ?? expect.fail('there is no media process');

/** A recording that was opened and waits for its permit. */
const waiting = async (host: MediaHost, path = ordinary()) => {
  const heard = new Heard(host.connect(spec(path)));
  await heard.until(({ events }) => events.length > 0, 'the opening');
  return heard;
};

describe('MediaHost', () => {
  const host = hosts();

  it('starts no process before somebody connects', () => {
    const one = host();
    one.connect(spec(ordinary()));
    expect(one.pids).to.deep.equal([]);
  });

  it('lets the C library give large blocks back, unless the environment says otherwise', async function () {
    if (process.platform !== 'linux') this.skip();
    const one = host();
    await waiting(one);
    const environment = readFileSync(`/proc/${pidOf(one)}/environ`, 'utf8').split('\0');
    expect(environment).to.include(`MALLOC_MMAP_THRESHOLD_=${process.env['MALLOC_MMAP_THRESHOLD_'] ?? '131072'}`);
  });

  it('shares cameras out among processes', async () => {
    const one = host({ camerasPerProcess: 2 });
    await waiting(one);
    await waiting(one);
    expect(one.pids).to.have.length(1);
    await waiting(one);
    expect(one.pids).to.have.length(2);
    expect((await one.health()).map(({ connections }) => connections)).to.deep.equal([2, 1]);
  });

  it('tells every camera of a process that crashed, and answers who waits for pictures', async () => {
    const one = host();
    const heard = [await waiting(one), await waiting(one, camera())];
    const pid = pidOf(one);
    const asked = firstValueFrom(videoOf(heard[0]!).frameAt({ timeUs: 0, size: { width: 8, height: 8 }, toleranceUs: 0 }));
    process.kill(pid, 'SIGKILL');
    await Promise.all(heard.map(async (each) => each.untilOver()));
    for (const { fault } of heard) {
      expect(fault.kind).to.equal('media-process-crashed');
      expect(fault.retryable).to.equal(true);
      expect(fault.message).to.match(/SIGKILL/);
    }
    expect((await asked).reason).to.be.oneOf(['closed', 'no-key-frame']);
    expect(one.pids).to.deep.equal([]);
  });

  it('starts a new process for who connects after a crash', async () => {
    const one = host();
    const first = await waiting(one);
    const pid = pidOf(one);
    process.kill(pid, 'SIGKILL');
    await first.untilOver();
    await waiting(one);
    expect(pidOf(one)).to.not.equal(pid);
  });

  it('lets the cameras of other processes go on', async () => {
    const one = host({ camerasPerProcess: 1 });
    const [first, second] = [await waiting(one), await waiting(one)];
    process.kill(pidOf(one), 'SIGKILL');
    await first.untilOver();
    second.of('opened')[0]?.permit(1e12);
    await second.untilOver();
    expect(second.error).to.equal(undefined);
  });

  it('kills a process that hangs', async () => {
    const one = host({ healthEveryMs: 50, hungAfterMs: 2_000 });
    const heard = await waiting(one);
    const pid = pidOf(one);
    process.kill(pid, 'SIGSTOP');
    await heard.untilOver();
    expect(heard.fault.kind).to.equal('media-process-crashed');
    expect(isAlive(pid)).to.equal(false);
  });

  it('does not take a process for hung that only has nothing to say', async () => {
    const one = host({ healthEveryMs: 50, hungAfterMs: 2_000 });
    const heard = await waiting(one);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(heard.error).to.equal(undefined);
  });

  it('does not take a process for hung when the wall clock is set', async () => {
    const wall = Date.now.bind(Date);
    const one = host({ healthEveryMs: 50, hungAfterMs: 60_000 });
    const heard = await waiting(one);
    let setMs = 0;
    Date.now = () => wall() + (setMs += 3_600_000);
    await new Promise((resolve) => setTimeout(resolve, 500)).finally(() => { Date.now = wall; });
    expect(heard.error).to.equal(undefined);
  });

  it('rejects who asks for the health of a process that dies', async () => {
    const one = host();
    await waiting(one);
    const pid = pidOf(one);
    process.kill(pid, 'SIGSTOP');
    const asked = one.health().then(() => undefined, (error: unknown) => error);
    process.kill(pid, 'SIGKILL');
    const error = await asked;
    expect(error).to.be.instanceOf(Fault);
    expect((error as Fault).kind).to.equal('media-process-crashed');
  });

  it('leaves no process behind when it is closed, and takes nobody any more', async () => {
    const one = host({ camerasPerProcess: 1 });
    await waiting(one);
    const heard = await waiting(one, camera());
    heard.of('opened')[0]?.permit(1e12);
    const { pids } = one;
    expect(pids).to.have.length(2);
    await one.close();
    expect(pids.map(isAlive)).to.deep.equal([false, false]);
    await one.close();
    const late = new Heard(one.connect(spec(ordinary())));
    expect(late.fault.kind).to.equal('media-process-crashed');
    expect(one.pids).to.deep.equal([]);
  });

  it('ends a stopped process too', async () => {
    const one = host();
    await waiting(one);
    const pid = pidOf(one);
    process.kill(pid, 'SIGSTOP');
    await one.close();
    expect(isAlive(pid)).to.equal(false);
  });
});

describe('A camera that accepts and says nothing', () => {
  const host = hosts();
  let server: Server;
  let sockets: Socket[];
  let url: string;
  beforeEach(async () => {
    sockets = [];
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined).resume();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `rtsp://127.0.0.1:${(server.address() as AddressInfo).port}/live`;
  });
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const silent = (one: MediaHost, timeoutUs = '60000000') =>
    new Heard(one.connect(spec('', { url, name: url, live: true, probe: 'never', options: { rtsp_transport: 'tcp', timeout: timeoutUs } })));

  it('holds up nobody who shares its process', async () => {
    const one = host();
    const camera1 = silent(one);
    await until(() => sockets.length > 0, () => 'a connection');
    const heard = await waiting(one);
    heard.of('opened')[0]?.permit(1e12);
    await heard.untilOver();
    expect(heard.error).to.equal(undefined);
    expect(one.pids).to.have.length(1);
    expect(camera1.over).to.equal(false);
  });

  it('and one that closes the connection at once gave no answer, which may pass: a camera does so that is starting', async () => {
    const one = host();
    server.on('connection', (socket: Socket) => socket.end());
    const heard = silent(one);
    await heard.untilOver();
    expect(heard.fault).to.include({ kind: 'source-refused', retryable: true });
    expect(heard.fault.message).to.equal(`${url} gave no RTSP answer.`);
  });

  it('does not keep the host from closing', async () => {
    const one = host();
    silent(one);
    await until(() => sockets.length > 0, () => 'a connection');
    const pid = pidOf(one);
    const beganMs = Date.now();
    await one.close();
    expect(isAlive(pid)).to.equal(false);
    // It may take 0.8 s; libav's own time-out would be a minute.
    expect(Date.now() - beganMs).to.be.lessThan(5_000);
  });

  it('does not keep its process from serving the next after it was given up', async () => {
    const one = host();
    const given = silent(one);
    await until(() => sockets.length > 0, () => 'a connection');
    given.subscription.unsubscribe();
    const heard = await waiting(one);
    heard.of('opened')[0]?.permit(1e12);
    await heard.untilOver();
    expect(heard.error).to.equal(undefined);
  });

  it('does not answer, which may pass, once libav has waited long enough; it is not taken for noise', async () => {
    const heard = silent(host(), '300000');
    await heard.untilOver();
    expect(heard.fault.kind).to.equal('source-stalled');
    expect(heard.fault.retryable).to.equal(true);
  });
});
