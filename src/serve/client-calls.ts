import { Fault, FAULT_KINDS, type FaultKind } from '../faults.js';
import type { CameraReport } from './camera-report.js';

/** The server's address as this scheme has it, at a path. */
export const withScheme = (url: string, scheme: 'http' | 'ws', path: string): URL => {
  const address = new URL(path, url.replace(/^ws/, 'http'));
  address.protocol = `${scheme}${address.protocol === 'https:' ? 's' : ''}:`;
  return address;
};

/** Where calls go, and with which token. */
export interface Callee {
  readonly url: string;
  readonly token?: string;
}

/** One call. */
export interface Asking {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** A status that is an answer too, beside those of success. */
  readonly also?: number;
}

const unreachable = (cause?: unknown): Fault => new Fault('serve', 'source-refused', 'Hearken cannot be reached.', { remedy: 'Is the server running?', cause });

const isKind = (kind: unknown): kind is FaultKind => typeof kind === 'string' && Object.hasOwn(FAULT_KINDS, kind);

const refusalOf = async (response: Response): Promise<Fault> => {
  if (response.status === 401) return new Fault('serve', 'auth-required', 'Hearken does not know this token.', { remedy: 'Give the token that the server was started with.' });
  const body = await response.json().catch(() => undefined) as { readonly error?: unknown; readonly kind?: unknown } | undefined;
  const sentence = typeof body?.error === 'string' ? body.error : `Hearken answered ${response.status}.`;
  if (response.status < 500 && isKind(body?.kind)) return new Fault('serve', body.kind, sentence);
  // Too many calls, or a server in trouble: that may pass.
  return new Fault('serve', response.status === 429 || response.status >= 500 ? 'source-refused' : 'usage', sentence);
};

/**
 * Makes one call. Fault `auth-required` when the token is refused, `source-refused` when nobody answers or the server is in
 * trouble, the server's own kind, else `usage`, with its sentence when it refuses what was asked.
 */
export const callServer = async ({ url, token }: Callee, path: string, { method = 'GET', body, signal, also }: Asking = {}): Promise<Response> => {
  const response = await fetch(withScheme(url, 'http', path), {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => { throw unreachable(cause); });
  if (!response.ok && response.status !== also) throw await refusalOf(response);
  return response;
};

/** A picture of a camera. */
export interface ClientPicture {
  /** JPEG. */
  readonly blob: Blob;
  /** When it was taken [epoch s]. */
  readonly timeS: number;
}

/** What `PUT` answers. */
export interface Placed {
  readonly result: 'added' | 'changed' | 'same';
  readonly camera: CameraReport;
  readonly lives: 'until-restart';
}

/** The cameras of a server. Every call may fail with the faults of {@link callServer}. */
export interface ClientCameras {
  list(signal?: AbortSignal): Promise<readonly CameraReport[]>;
  get(name: string, signal?: AbortSignal): Promise<CameraReport>;
  /** Adds or changes a camera; it lives until the server's program ends. */
  put(name: string, definition: Readonly<Record<string, unknown>>): Promise<Placed>;
  remove(name: string): Promise<void>;
  /** The newest key frame; undefined when there is none now. */
  picture(name: string, signal?: AbortSignal): Promise<ClientPicture | undefined>;
}

const withSignal = (signal: AbortSignal | undefined): Asking => signal === undefined ? {} : { signal };

/** The cameras of a server, over REST. */
export const camerasOf = (callee: Callee): ClientCameras => {
  const pathOf = (name: string): string => `/api/cameras/${encodeURIComponent(name)}`;
  const json = async <T>(path: string, asking: Asking): Promise<T> => (await callServer(callee, path, asking)).json() as Promise<T>;
  return {
    list: async (signal) => (await json<{ readonly cameras: readonly CameraReport[] }>('/api/cameras', withSignal(signal))).cameras,
    get: (name, signal) => json(pathOf(name), withSignal(signal)),
    put: (name, body) => json(pathOf(name), { method: 'PUT', body }),
    remove: async (name) => { await callServer(callee, pathOf(name), { method: 'DELETE' }); },
    picture: async (name, signal) => {
      const response = await callServer(callee, `${pathOf(name)}/picture.jpg`, { ...withSignal(signal), also: 503 });
      if (response.status === 503) return undefined;
      return { blob: await response.blob(), timeS: Number(response.headers.get('x-hearken-time')) };
    },
  };
};
