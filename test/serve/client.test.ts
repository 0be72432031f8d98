import { expect } from 'chai';
import { firstValueFrom, take, toArray } from 'rxjs';
import { WebSocket } from 'ws';
import { Fault } from '../../src/faults.js';
import { hearkenClient, type ClientMessage, type HearkenClient } from '../../src/serve/client.js';
import type { Server } from '../../src/serve/server.js';
import type { ServerOptions } from '../../src/serve/options.js';
import { event, segment } from './outputs.js';
import { Stage, TOKEN, until } from './sockets.js';

const clientOf = ({ address }: Server, token?: string): HearkenClient =>
  hearkenClient({ url: `http://127.0.0.1:${address.port}`, WebSocket, retryMaxMs: 20, pingMs: 1000, ...(token === undefined ? {} : { token }) });

const faultOf = async (client: HearkenClient): Promise<unknown> =>
  firstValueFrom(client.subscribe()).then(() => undefined, (error: unknown) => error);

const seqsOf = (messages: readonly ClientMessage[]): (number | string)[] => messages.map((message) => 'seq' in message ? message.seq : message.type);

describe('serve/client', () => {
  const stage = new Stage();
  afterEach(() => stage.clear());

  /** The server again, on the same port, as after a restart. */
  const again = async (server: Server, options: Partial<ServerOptions> = {}): Promise<Server> => {
    await server.close();
    return stage.server({ ...options, port: server.address.port });
  };

  it('receives what it subscribed to, over one connection that closes behind the last subscriber', async () => {
    const server = await stage.server();
    for (let i = 0; i < 3; i++) server.publish('dock', event());
    const client = clientOf(server);
    const got: ClientMessage[] = [];
    const others: ClientMessage[] = [];
    const first = client.subscribe({ since_seq: 1 }).subscribe({ next: (message) => got.push(message), error: () => undefined });
    const second = client.subscribe({ kinds: ['segment'], since_seq: 3 }).subscribe({ next: (message) => others.push(message), error: () => undefined });
    await until(() => got.length === 2);
    server.publish('dock', segment());
    server.publish('dock', event('drone'));
    await until(() => got.length === 3 && others.length === 1);
    expect(seqsOf(got)).to.deep.equal([2, 3, 5]);
    expect(seqsOf(others)).to.deep.equal([4]);
    const last = got[2];
    expect(last?.type === 'event' && last.event.label).to.equal('drone');
    expect(server.stats().clients).to.equal(1);
    first.unsubscribe();
    server.publish('dock', segment());
    await until(() => others.length === 2);
    expect(got.length).to.equal(3);
    second.unsubscribe();
    await until(() => server.stats().clients === 0);
  });

  it('trades its token for a ticket', async () => {
    const server = await stage.server({ token: TOKEN });
    server.publish('dock', event());
    const [message] = await firstValueFrom(clientOf(server, TOKEN).subscribe({ since_seq: 0 }).pipe(take(1), toArray()));
    expect(message).to.include({ type: 'event', seq: 1 });
  });

  it('gives up with a Fault when the token or the filter is refused', async () => {
    const server = await stage.server({ token: TOKEN });
    for (const client of [clientOf(server), clientOf(server, 'wrong')]) {
      expect(await faultOf(client)).to.be.instanceOf(Fault).with.property('kind', 'auth-required');
    }
    const publisher = await stage.server({ tokens: [{ name: 'van', token: TOKEN, scopes: ['publish'] }] });
    const lacking = await faultOf(clientOf(publisher, TOKEN));
    expect(lacking).to.be.instanceOf(Fault).with.property('kind', 'auth-required');
    expect((lacking as Fault).message).to.equal('This token may not subscribe: this needs a token with the scope subscribe.');
    const refused = await firstValueFrom(clientOf(server, TOKEN).subscribe({ min_score: 7 })).then(() => undefined, (error: unknown) => error);
    expect(refused).to.be.instanceOf(Fault).with.property('kind', 'usage');
    expect((refused as Fault).message).to.contain('min_score');
  });

  it('comes back after the connection was cut and asks for what it missed', async () => {
    // nobody pongs in time for 1 ms: the server cuts every client again and again
    const server = await stage.server({ limits: { heartbeatMs: 15, closeMs: 1 } });
    class Mute extends WebSocket {
      constructor(address: string) { super(address, { autoPong: false }); }
    }
    const client = hearkenClient({ url: `ws://127.0.0.1:${server.address.port}`, WebSocket: Mute, retryMaxMs: 5 });
    const got: ClientMessage[] = [];
    let connections = 0;
    let connected = false;
    const subscription = client.subscribe({ since_seq: 0 }).subscribe({ next: (message) => got.push(message), error: () => undefined });
    await until(() => {
      const now = server.stats().clients === 1;
      if (now && !connected) connections += 1;
      if (now !== connected) server.publish('dock', event());
      connected = now;
      return connections === 5 && now;
    });
    const { published } = server.stats();
    await until(() => got.length === published);
    expect(seqsOf(got)).to.deep.equal(Array.from({ length: published }, (_, i) => i + 1));
    subscription.unsubscribe();
  });

  it('takes the numbers of a restarted server for what they are', async () => {
    const first = await stage.server();
    for (let i = 0; i < 5; i++) first.publish('dock', event());
    const got: ClientMessage[] = [];
    const subscription = clientOf(first).subscribe({ since_seq: 0 }).subscribe({ next: (message) => got.push(message), error: () => undefined });
    await until(() => got.length === 5);
    const second = await again(first);
    second.publish('dock', event());
    second.publish('dock', event());
    await until(() => got.length === 7);
    expect(seqsOf(got)).to.deep.equal([1, 2, 3, 4, 5, 1, 2]);
    subscription.unsubscribe();
  });

  it('says that there is a gap when the server no longer has what was missed', async () => {
    const server = await stage.server({ limits: { log: { messages: 2, bytes: 1e6 } } });
    for (let i = 0; i < 5; i++) server.publish('dock', event());
    const got = await firstValueFrom(clientOf(server).subscribe({ since_seq: 1 }).pipe(take(3), toArray()));
    expect(got[0]).to.deep.equal({ type: 'gap', oldest_seq: 4 });
    expect(seqsOf(got)).to.deep.equal(['gap', 4, 5]);
  });

  it('says how its connection is, from idle to idle', async () => {
    const server = await stage.server();
    const client = clientOf(server);
    const states: string[] = [];
    const told = client.connection.subscribe((state) => states.push(state));
    const subscription = client.subscribe().subscribe({ error: () => undefined });
    await until(() => states.at(-1) === 'open');
    await server.close();
    await until(() => states.at(-1) === 'lost');
    await again(server);
    await until(() => states.at(-1) === 'open');
    subscription.unsubscribe();
    await until(() => states.at(-1) === 'idle');
    expect(states).to.deep.equal(['idle', 'connecting', 'open', 'lost', 'open', 'idle']);
    told.unsubscribe();
  });

  it('waits for a server that is not there yet', async () => {
    const away = await stage.server();
    const { address } = away;
    await away.close();
    const got = firstValueFrom(clientOf({ ...away, address }).subscribe({ since_seq: 0 }));
    const server = await stage.server({ port: address.port });
    server.publish('dock', event());
    expect(await got).to.include({ type: 'event', seq: 1 });
  });
});
