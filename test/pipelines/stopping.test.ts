import { createServer, type Server, type Socket } from 'node:net';
import { readFileSync, readdirSync } from 'node:fs';
import { expect } from 'chai';
import { start, type Running } from '../fixtures/command.js';
import { until } from '../fixtures/connections.js';

/** Process ids whose parent is the given one. */
const childrenOf = (pid: number): number[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
  try {
    const [, , parent] = /\) (\S) (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
    return Number(parent) === pid ? [Number(name)] : [];
  } catch {
    // It ended while we looked.
    return [];
  }
});

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('Ctrl-C', () => {
  let server: Server;
  let address = '';
  const sockets = new Set<Socket>();
  before(function (done) {
    if (process.platform !== 'linux') {
      process.stdout.write('    skipped: child processes are found through /proc, which this system lacks\n');
      this.skip();
    }
    // A camera that accepts and never says a word: the worst one to stop.
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }).listen(0, '127.0.0.1', () => {
      const bound = server.address();
      address = typeof bound === 'object' && bound !== null ? `rtsp://127.0.0.1:${bound.port}/cam` : '';
      done();
    });
  });
  after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  const stopped = async (running: Running, signal: NodeJS.Signals): Promise<{ code: number | null; tookMs: number; children: number[] }> => {
    const pid = running.child.pid ?? 0;
    await until(() => sockets.size > 0 && childrenOf(pid).length > 0, () => 'the media process to connect');
    const children = childrenOf(pid);
    const startMs = performance.now();
    running.child.kill(signal);
    const { code } = await running.ended;
    return { code, tookMs: performance.now() - startMs, children };
  };

  for (const [signal, code] of [['SIGINT', 130], ['SIGTERM', 143]] as const) {
    it(`${signal} ends everything within two seconds, also with a camera that hangs, and leaves no child process`, async function () {
      this.retries(2);
      sockets.clear();
      const result = await stopped(start(['serve', `hung=${address}`, '--port', '0']), signal);
      expect(result.code).to.equal(code);
      // A promise of the product, not a benchmark: the exit is forced before this.
      expect(result.tookMs).to.be.lessThan(2_000);
      await until(() => !result.children.some(isAlive), () => 'the media process to be gone');
    });
  }
});
