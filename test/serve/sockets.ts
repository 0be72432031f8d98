import { WebSocket, type ClientOptions } from 'ws';
import { startServer, type Server } from '../../src/serve/server.js';
import type { ServerOptions } from '../../src/serve/options.js';
import type { ServerMessage } from '../../src/serve/protocol.js';
import type { Site } from '../../src/serve/site.js';

export const TOKEN = '0123456789abcdef0123456789abcdef';

/** Waits until something is so. The test's own time limit is the shorter one; this one lets a run end in which a test failed. */
export const until = async (condition: () => boolean): Promise<void> => {
  const lastMs = performance.now() + 120_000;
  while (!condition()) {
    if (performance.now() > lastMs) throw new Error(`this never came to be: ${String(condition)}`);
    await new Promise((resolve) => { setTimeout(resolve, 2); });
  }
};

/** Calls a server over plain HTTP. */
export const callTo = ({ address }: Server, token?: string) => (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${address.port}${path}`, {
    ...init,
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...init.headers as Record<string, string> | undefined },
  });

/** A client that keeps all it is told. */
export class TestClient {
  readonly socket: WebSocket;
  readonly said: ServerMessage[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  /** HTTP status of a refused upgrade. */
  status: number | undefined;

  constructor(server: Server, path = '/ws', options: ClientOptions = {}) {
    this.socket = new WebSocket(`ws://127.0.0.1:${server.address.port}${path}`, options);
    this.socket.on('message', (data: Buffer) => this.said.push(JSON.parse(data.toString('utf8')) as ServerMessage));
    this.socket.on('error', () => undefined);
    this.socket.on('unexpected-response', (_request, response) => {
      this.status = response.statusCode;
      this.socket.terminate();
    });
    this.closed = new Promise((resolve) => { this.socket.on('close', (code, reason) => { resolve({ code, reason: reason.toString() }); }); });
  }

  send(value: unknown): void {
    this.socket.send(typeof value === 'string' ? value : JSON.stringify(value));
  }

  /** The first message for which this holds, once it has come. */
  async hears(wanted: (message: ServerMessage) => boolean): Promise<ServerMessage> {
    await until(() => this.said.some(wanted) || this.socket.readyState === WebSocket.CLOSED);
    const found = this.said.find(wanted);
    if (found === undefined) throw new Error('the connection ended before that was said');
    return found;
  }

  hello(): Promise<ServerMessage> {
    return this.hears(({ type }) => type === 'hello');
  }

  /** Sends a command and waits for its answer. */
  async ask(command: { readonly id: number } & Record<string, unknown>): Promise<ServerMessage> {
    await this.hello();
    this.send(command);
    return this.hears((message) => 'id' in message && message.id === command.id);
  }

  /** Numbers of published messages received so far. */
  get seqs(): number[] {
    return this.said.flatMap((message) => 'seq' in message && message.type !== 'hello' ? [message.seq] : []);
  }
}

/** Servers and clients of one test, all ended behind it. */
export class Stage {
  readonly #servers: Server[] = [];
  readonly #clients: TestClient[] = [];

  async server(options: Partial<ServerOptions> = {}, site?: Site): Promise<Server> {
    const server = await startServer({ host: '127.0.0.1', port: 0, ...options }, site);
    this.#servers.push(server);
    return server;
  }

  client(server: Server, path?: string, options?: ClientOptions): TestClient {
    const client = new TestClient(server, path, options);
    this.#clients.push(client);
    return client;
  }

  async clear(): Promise<void> {
    for (const { socket } of this.#clients.splice(0)) socket.terminate();
    await Promise.all(this.#servers.splice(0).map((server) => server.close()));
  }
}
