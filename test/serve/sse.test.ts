import { connect, type Socket } from 'node:net';
import { expect } from 'chai';
import type { Server } from '../../src/serve/server.js';
import { event, gate, segment } from './outputs.js';
import { callTo, Stage, TOKEN, until } from './sockets.js';

interface Sse {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: { readonly type: string; readonly seq?: number; readonly [key: string]: unknown };
}

const parse = (block: string): Sse[] => {
  const fields = new Map(block.split('\n').map((line): [string, string] => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)]));
  const data = fields.get('data');
  return data === undefined ? [] : [{ id: fields.get('id'), event: fields.get('event') ?? 'message', data: JSON.parse(data) as Sse['data'] }];
};

/** A stream of events as a browser's EventSource reads it. */
class Listener {
  readonly heard: Sse[] = [];
  comments = 0;
  status: number | undefined;
  ended = false;
  readonly #left = new AbortController();

  constructor(server: Server, query = '', headers: Record<string, string> = {}, token?: string) {
    void this.#read(callTo(server, token)(`/api/events${query}`, { headers, signal: this.#left.signal }));
  }

  async #read(answer: Promise<Response>): Promise<void> {
    try {
      const response = await answer;
      this.status = response.status;
      let text = '';
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
        text += Buffer.from(chunk).toString('utf8');
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        this.comments += blocks.filter((block) => block.startsWith(':')).length;
        this.heard.push(...blocks.flatMap(parse));
      }
    } catch {
      // left
    }
    this.ended = true;
  }

  leave(): void {
    this.#left.abort();
  }

  get seqs(): (number | string)[] {
    return this.heard.map(({ event: name, data }) => data.seq !== undefined && name !== 'hello' ? data.seq : name);
  }
}

describe('serve: Server-Sent Events', () => {
  const stage = new Stage();
  const listeners: Listener[] = [];
  const listen = (...args: ConstructorParameters<typeof Listener>): Listener => {
    const one = new Listener(...args);
    listeners.push(one);
    return one;
  };
  afterEach(async () => {
    for (const one of listeners.splice(0)) one.leave();
    await stage.clear();
  });

  it('says what a WebSocket would, by the same filters', async () => {
    const server = await stage.server();
    const events = listen(server);
    const all = listen(server, '?kinds=event,segment&kinds=gate&cameras=dock');
    const sure = listen(server, '?labels=Speech%2C+loud&labels=siren&min_score=0.8');
    await until(() => server.stats().clients === 3);
    server.publish('dock', event('siren'));
    server.publish('dock', segment());
    server.publish('dock', gate());
    server.publish('yard', event('drone', {}, 'yard'));
    await until(() => events.heard.length === 3 && all.heard.length === 4 && sure.heard.length === 2);
    expect(events.seqs).to.deep.equal(['hello', 1, 4]);
    expect(all.seqs).to.deep.equal(['hello', 1, 2, 3]);
    expect(sure.seqs).to.deep.equal(['hello', 1]);
    expect(events.heard[0]?.data).to.include({ type: 'hello', protocol: 'hearken.sse.v1', seq: 0 });
    expect(events.heard[1]).to.deep.include({ event: 'event', data: { type: 'event', seq: 1, camera: 'dock', event: event('siren').event } });
  });

  it('goes on behind Last-Event-ID, and from the beginning after a restart', async () => {
    const server = await stage.server();
    for (let i = 0; i < 4; i++) server.publish('dock', event());
    const first = listen(server, '?since_seq=0');
    await until(() => first.heard.length === 5);
    const id = first.heard[2]?.id ?? '';
    const second = listen(server, '?since_seq=0', { 'last-event-id': id });
    await until(() => second.heard.length === 3);
    expect(second.seqs).to.deep.equal(['hello', 3, 4]);
    const other = listen(server, '', { 'last-event-id': 'another-run-3' });
    await until(() => other.heard.length === 5);
    expect(other.seqs).to.deep.equal(['hello', 1, 2, 3, 4]);
    const plain = listen(server, '', { 'last-event-id': '3' });
    await until(() => plain.heard.length === 2);
    expect(plain.seqs).to.deep.equal(['hello', 4]);
  });

  it('says that there is a gap when what was missed is gone', async () => {
    const server = await stage.server({ limits: { log: { messages: 2, bytes: 1e6 } } });
    for (let i = 0; i < 5; i++) server.publish('dock', event());
    const late = listen(server, '?since_seq=1');
    await until(() => late.heard.length === 4);
    expect(late.seqs).to.deep.equal(['hello', 'gap', 4, 5]);
    expect(late.heard[1]?.data).to.deep.equal({ type: 'gap', oldest_seq: 4 });
  });

  /** A client that reads by hand, and bytes enough to fill all there is between it and the server. */
  const byHand = async (server: Server): Promise<{ socket: Socket; said: () => string; flood: () => Promise<void> }> => {
    const socket = connect(server.address.port, '127.0.0.1');
    socket.on('error', () => undefined);
    let said = '';
    socket.write('GET /api/events?kinds=segment HTTP/1.1\r\nhost: localhost\r\n\r\n');
    socket.on('data', (data) => { said += data.toString('latin1'); });
    await until(() => said.includes('hello'));
    const one = segment();
    const fat = { ...one, segment: { ...one.segment, camera: 'x'.repeat(20_000) } };
    const flood = async (): Promise<void> => {
      for (let i = 0; i < 2000; i++) {
        server.publish('dock', fat);
        if (i % 20 === 0) await new Promise((resolve) => { setImmediate(resolve); });
      }
    };
    return { socket, said: () => said, flood };
  };

  it('does not grow for a client that never reads, and tells it what it lost once it does', async () => {
    const server = await stage.server({ limits: { log: { messages: 50, bytes: 1e7 } } });
    const { socket, said, flood } = await byHand(server);
    socket.pause();
    await flood();
    const { dropped, bufferedBytes } = server.stats();
    expect(dropped).to.be.greaterThan(1000);
    expect(bufferedBytes).to.be.below(256 * 1024 + 25_000);
    socket.resume();
    await until(() => said().includes('"seq":2000,'));
    expect(Number(/event: lagged\ndata: \{"type":"lagged","dropped":(\d+)\}/.exec(said())?.[1])).to.equal(dropped);
    expect(said().match(/^event: segment$/gm)?.length).to.equal(2000 - dropped);
    socket.destroy();
  });

  it('cuts a client that takes no byte from one beat to the next', async () => {
    const server = await stage.server({ limits: { log: { messages: 50, bytes: 1e7 }, heartbeatMs: 50 } });
    const { socket, flood } = await byHand(server);
    socket.pause();
    await flood();
    await until(() => server.stats().clients === 0);
    socket.destroy();
  });

  it('keeps the way open, counts among the clients, and says why it ends', async () => {
    const server = await stage.server({ limits: { clients: 1, heartbeatMs: 20 } });
    const one = listen(server);
    await until(() => one.comments > 1);
    const two = listen(server);
    await until(() => two.ended);
    expect(two.status).to.equal(503);
    expect((await stage.client(server).closed).code).to.equal(1013);
    await server.close();
    await until(() => one.ended);
    expect(one.heard.at(-1)).to.deep.include({ event: 'close' });
    expect(one.heard.at(-1)?.data).to.include({ reason: 'going_away' });
  });

  it('forgets who leaves', async () => {
    const server = await stage.server();
    const many = Array.from({ length: 50 }, () => listen(server));
    await until(() => server.stats().clients === 50);
    for (const one of many) one.leave();
    await until(() => server.stats().clients === 0);
    expect(server.stats().bufferedBytes).to.equal(0);
  });

  it('refuses filters that are none, in words, and strangers', async () => {
    const server = await stage.server({ token: TOKEN });
    for (const query of ['?min_score=7', '?min_score=', '?kinds=nonsense', '?colour=red', '?since_seq=-1', '?__proto__=1']) {
      const answer = await callTo(server, TOKEN)(`/api/events${query}`);
      expect(answer.status, query).to.equal(400);
      expect((await answer.json() as { error: string }).error, query).to.be.a('string').and.not.equal('');
    }
    expect((await callTo(server, TOKEN)('/api/events', { headers: { 'last-event-id': 'x y' } })).status).to.equal(400);
    expect((await callTo(server)('/api/events')).status).to.equal(401);
  });
});
