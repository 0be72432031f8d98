/** `hearken serve <camera=source>…`: recognises several sources in one process and serves what happens over WebSocket. */
import { EMPTY, catchError, lastValueFrom, merge, tap, type Observable } from 'rxjs';
import { stateMessage } from '../src/emit/state-message.js';
import type { Output } from '../src/emit/types.js';
import { asFault } from '../src/faults.js';
import { redact } from '../src/ingest/redact.js';
import type { SourceAddress } from '../src/ingest/sources.js';
import { MediaHost } from '../src/media/host.js';
import type { ServerOptions } from '../src/serve/options.js';
import { startServer, type Server } from '../src/serve/server.js';
import type { Profile } from '../src/settings/profile.js';
import type { CommandContext } from './command.js';
import { stateLine } from './lines.js';
import { loadNets, type Nets } from './nets.js';
import { stream } from './stream.js';

/** A camera by its name. */
export interface Camera {
  readonly name: string;
  readonly source: SourceAddress;
}

/** What `serve` is told. */
export interface ServeOptions {
  readonly cameras: readonly Camera[];
  readonly profile: Profile;
  readonly threads: number;
  readonly server: ServerOptions;
}

interface Room {
  readonly server: Server;
  readonly host: MediaHost;
  readonly nets: Nets;
  readonly profile: Profile;
}

/** One camera for as long as it lives; its end or failure is told and is nobody else's trouble. */
const oneCamera = ({ name, source }: Camera, { server, host, nets, profile }: Room, { stop, note }: CommandContext): Observable<Output> =>
  stream({
    camera: name, source, profile, nets, host, stop, firstFailure: 'retry',
    onSource: (event) => {
      if (event.kind !== 'state') return;
      const state = stateMessage(name, event, Date.now());
      server.publish(name, { kind: 'state', state });
      note(`${name}: ${stateLine(state)}`);
    },
  }).pipe(
    tap((output) => {
      server.publish(name, output);
    }),
    catchError((error: unknown) => {
      note(`${name}: ${asFault(error, 'pipelines').sentence}`);
      return EMPTY;
    }),
  );

/** Serves until it is stopped, or until every camera has ended. */
export const serve = async ({ cameras, profile, threads, server: listening }: ServeOptions, context: CommandContext): Promise<number> => {
  const nets = await loadNets(profile, threads);
  const host = new MediaHost();
  let server: Server | undefined;
  try {
    const started = await startServer(listening);
    server = started;
    context.note(`serving ws://${started.address.host}:${started.address.port}/ws for ${cameras.map(({ name, source }) => `${name} (${redact(source.url)})`).join(', ')}`);
    const all = merge(...cameras.map((camera) => oneCamera(camera, { server: started, host, nets, profile }, context)));
    await lastValueFrom(all, { defaultValue: undefined });
    return 0;
  } finally {
    await Promise.all([host.close(), server?.close(), nets.close()]);
  }
};
