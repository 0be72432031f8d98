/** One client of the RTSP server. */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import type { Socket } from 'node:net';
import { Player, type Switches } from './player.js';
import { RequestReader, challenge, isAllowed, type Credentials, type Request } from './requests.js';
import type { RtpRecording } from './tracks.js';

/** What all clients share. */
export interface Stage {
  readonly recording: RtpRecording;
  readonly path: string;
  readonly switches: Switches;
  readonly speed: number;
  readonly credentials: Credentials | undefined;
  readonly withoutParameterSets: boolean;
}

/** Bytes that may wait for a slow client before it is disconnected. */
const MOST_WAITING = 8 * 2 ** 20;

/** How one track's packets reach the client. */
interface Carrier {
  readonly transport: string;
  send(what: 'rtp' | 'rtcp', packet: Buffer): void;
  close(): void;
}

const bound = async (): Promise<UdpSocket> => {
  const socket = createSocket('udp4');
  // A client that is gone answers with "port unreachable".
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return socket;
};

/** Answers one client's requests and plays to it. */
export class Session {
  readonly #socket: Socket;
  readonly #stage: Stage;
  readonly #carriers = new Map<number, Carrier>();
  #player: Player | undefined;

  /**
   * @param socket the client's connection; owned from now on
   * @param stage what is played, and how
   * @param closed called once, when the client is gone
   */
  constructor(socket: Socket, stage: Stage, closed: () => void) {
    this.#socket = socket;
    this.#stage = stage;
    const reader = new RequestReader();
    let turn = Promise.resolve();
    socket.on('data', (bytes) => {
      for (const request of reader.push(bytes)) turn = turn.then(async () => this.#answer(request));
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#player?.stop();
      for (const carrier of this.#carriers.values()) carrier.close();
      closed();
    });
  }

  /** Whether it is being played to. */
  get playing(): boolean {
    return this.#player !== undefined;
  }

  /** See {@link Player.jump}. */
  jump(byS: number): void {
    this.#player?.jump(byS);
  }

  /** Ends it without a word. */
  close(): void {
    this.#socket.destroy();
  }

  async #answer(request: Request): Promise<void> {
    const { switches, credentials, path } = this.#stage;
    if (switches.frozen) return;
    const { pathname } = new URL(request.url.replace(/^rtsp/i, 'http'), 'http://127.0.0.1');
    if (request.method === 'OPTIONS') this.#reply(request, '200 OK', { Public: 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN' });
    else if (credentials !== undefined && !isAllowed(credentials, request)) this.#reply(request, '401 Unauthorized', { 'WWW-Authenticate': challenge(credentials) });
    else if (pathname !== path && !pathname.startsWith(`${path}/`)) this.#reply(request, '404 Not Found');
    else await this.#serve(request);
  }

  async #serve(request: Request): Promise<void> {
    switch (request.method) {
      case 'DESCRIBE':
        this.#reply(request, '200 OK', { 'Content-Base': `${request.url}/`, 'Content-Type': 'application/sdp' }, this.#sdp());
        return;
      case 'SETUP':
        await this.#setUp(request);
        return;
      case 'PLAY':
        this.#play(request);
        return;
      case 'TEARDOWN':
        this.#reply(request, '200 OK');
        this.#socket.end();
        return;
      case 'GET_PARAMETER':
      case 'SET_PARAMETER':
        this.#reply(request, '200 OK');
        return;
      default:
        this.#reply(request, '405 Method Not Allowed');
    }
  }

  #sdp(): string {
    const { recording, withoutParameterSets } = this.#stage;
    const said = (line: string): string => (withoutParameterSets ? line.replace(/;?sprop-parameter-sets=[^;]*/, '') : line);
    const media = recording.tracks.flatMap(({ sdp }, i) => [...sdp.map(said), `a=control:track${i}`]);
    return ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=Hearken', 'c=IN IP4 0.0.0.0', 't=0 0', 'a=control:*', ...media, ''].join('\r\n');
  }

  async #setUp(request: Request): Promise<void> {
    const index = Number(/\/track(\d+)$/.exec(request.url)?.[1]);
    const transport = request.headers.get('transport') ?? '';
    if (!(index in this.#stage.recording.tracks) || this.#carriers.has(index)) {
      this.#reply(request, '404 Not Found');
      return;
    }
    const ports = /client_port=(\d+)-(\d+)/.exec(transport);
    const carrier = ports === null ? this.#interleaved(transport) : await this.#udp(Number(ports[1]), Number(ports[2]));
    this.#carriers.set(index, carrier);
    this.#reply(request, '200 OK', { Transport: carrier.transport });
  }

  #interleaved(transport: string): Carrier {
    const channel = Number(/interleaved=(\d+)/.exec(transport)?.[1] ?? this.#carriers.size * 2);
    return {
      transport: `RTP/AVP/TCP;unicast;interleaved=${channel}-${channel + 1}`,
      send: (what, packet) => {
        const header = Buffer.of(0x24, channel + (what === 'rtp' ? 0 : 1), packet.length >> 8, packet.length & 255);
        this.#socket.write(Buffer.concat([header, packet]));
        if (this.#socket.writableLength > MOST_WAITING) this.#socket.destroy();
      },
      close: () => undefined,
    };
  }

  async #udp(rtpPort: number, rtcpPort: number): Promise<Carrier> {
    const [rtp, rtcp] = [await bound(), await bound()];
    return {
      transport: `RTP/AVP;unicast;client_port=${rtpPort}-${rtcpPort};server_port=${rtp.address().port}-${rtcp.address().port}`,
      send: (what, packet) => {
        if (what === 'rtp') rtp.send(packet, rtpPort, '127.0.0.1');
        else rtcp.send(packet, rtcpPort, '127.0.0.1');
      },
      close: () => {
        rtp.close();
        rtcp.close();
      },
    };
  }

  #play(request: Request): void {
    const { recording, switches, speed } = this.#stage;
    this.#player ??= new Player(recording, [...this.#carriers.keys()], switches, speed, (track, what, packet) => {
      if (!this.#socket.destroyed) this.#carriers.get(track)?.send(what, packet);
    });
    const base = request.url.replace(/\/$/, '');
    this.#reply(request, '200 OK', {
      Range: 'npt=0.000-',
      'RTP-Info': this.#player.firsts.map(({ index, sequence, timestamp }) => `url=${base}/track${index};seq=${sequence};rtptime=${timestamp}`).join(),
    });
    this.#player.start();
  }

  #reply({ headers }: Request, status: string, more: Readonly<Record<string, string>> = {}, body = ''): void {
    const all = { CSeq: headers.get('cseq') ?? '0', Session: '12345678;timeout=60', ...more, ...(body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }) };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    this.#socket.write([`RTSP/1.0 ${status}`, ...lines, '', body].join('\r\n'));
  }
}
