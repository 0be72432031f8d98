/** A small RTSP server with faults to order: the camera of tests and benchmarks. Listens on this machine only. */
import { createServer, type Server } from 'node:net';
import { healthy, type Switches } from './player.js';
import type { Credentials } from './requests.js';
import { Session } from './session.js';
import { readRecording, type RtpRecording } from './tracks.js';

/** How a recording is served. */
export interface RtspOptions {
  /** Where it is found. Default `/live`; everything else is `404`. */
  readonly path?: string;
  /** Who may watch. Default everybody. */
  readonly credentials?: Credentials;
  /** The SDP says nothing of the pictures: their parameter sets come with key frames only. Default false. */
  readonly withoutParameterSets?: boolean;
  /** Default 1: live pace. */
  readonly speed?: number;
}

/** Serves one recording to any number of clients, to each from its beginning, in a loop. */
export class RtspServer {
  /** What goes wrong. */
  readonly switches: Switches = healthy();
  readonly #recording: RtpRecording;
  readonly #options: RtspOptions;
  readonly #sessions = new Set<Session>();
  #server: Server | undefined;
  #port = 0;

  /**
   * @param path a recording with H.264 and AAC or PCM A-law, in Matroska or MP4
   * @param options how it is served
   */
  constructor(path: string, options: RtspOptions = {}) {
    this.#recording = readRecording(path);
    this.#options = options;
  }

  /** The port it listens on, or listened on last. */
  get port(): number {
    return this.#port;
  }

  /** How long the recording is, after which it begins anew [s]. */
  get durationS(): number {
    return this.#recording.durationS;
  }

  /** Its address, with credentials if given. */
  url(credentials?: Pick<Credentials, 'user' | 'password'>): string {
    const login = credentials === undefined ? '' : `${credentials.user}:${credentials.password}@`;
    return `rtsp://${login}127.0.0.1:${this.#port}${this.#options.path ?? '/live'}`;
  }

  /** Clients that are being played to. */
  get watching(): number {
    return [...this.#sessions].filter(({ playing }) => playing).length;
  }

  /** Listens; after {@link RtspServer.close} again on the same port. Rejects when the port is taken. */
  async listen(port = this.#port): Promise<void> {
    const { path = '/live', credentials, speed = 1, withoutParameterSets = false } = this.#options;
    const server = createServer((socket) => {
      const session: Session = new Session(socket, { recording: this.#recording, path, switches: this.switches, speed, credentials, withoutParameterSets }, () => this.#sessions.delete(session));
      this.#sessions.add(session);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', resolve);
    });
    this.#server = server;
    const address = server.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
  }

  /** Ends all sessions without a word, as a camera does whose power fails; new clients are served. */
  kill(): void {
    for (const session of this.#sessions) session.close();
  }

  /** The timestamps of all sessions jump, as after a camera's clock was set [s]. */
  jump(byS: number): void {
    for (const session of this.#sessions) session.jump(byS);
  }

  /** Ends everything. */
  async close(): Promise<void> {
    this.kill();
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }
}
