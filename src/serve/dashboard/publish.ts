/** Publishes this computer's camera and microphone: WHIP (RFC 9725). */
import { Observable } from 'rxjs';
import { asFault, Fault } from '../../faults.js';
import type { HearkenClient } from '../client.js';

/** How publishing goes. */
export type Publishing =
  | { readonly phase: 'asking' | 'connecting' }
  | { readonly phase: 'live' | 'lost'; readonly stream: MediaStream };

/** Where to, and as what. */
export interface PublishOptions {
  readonly client: HearkenClient;
  readonly token: string | undefined;
  /** The camera's name; it is made when there is none. */
  readonly name: string;
}

/** How long candidates are gathered before the offer is sent without more [ms]. */
const GATHER_MS = 2_000;
/** How often an endpoint that is just being made is asked. */
const ATTEMPTS = 5;
const PAUSE_MS = 500;

/** Sound as it is: what a telephone would take out of it is what is listened for. */
const SOUND: MediaTrackConstraints = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
const PICTURES: MediaTrackConstraints = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 25 } };

const capture = async (constraints: MediaStreamConstraints): Promise<MediaStream> => navigator.mediaDevices.getUserMedia(constraints);

const isMissing = (error: unknown): boolean => error instanceof DOMException && (error.name === 'NotFoundError' || error.name === 'OverconstrainedError');

/** What this computer has: both, else its microphone, else its camera. */
const captureAny = async (): Promise<MediaStream> => {
  if (!('mediaDevices' in navigator)) {
    throw new Fault('serve', 'source-forbidden', 'The browser gives its camera only to pages of this machine or over https.', { remedy: 'Open the dashboard as https, or on the machine itself.' });
  }
  try {
    return await capture({ audio: SOUND, video: PICTURES });
  } catch (error) {
    if (!isMissing(error)) throw error;
    return capture({ audio: SOUND }).catch(() => capture({ video: PICTURES }));
  }
};

const inWords = (error: unknown): Fault => {
  if (!(error instanceof DOMException)) return asFault(error, 'serve');
  if (error.name === 'NotAllowedError') return new Fault('serve', 'source-forbidden', 'The browser was not allowed to use the camera and the microphone.', { remedy: 'Allow it beside the address of this page.' });
  if (isMissing(error)) return new Fault('serve', 'source-not-found', 'This computer has neither a camera nor a microphone.');
  return new Fault('serve', 'source-refused', `The camera could not be opened: ${error.message}.`, { remedy: 'Does another program use it?' });
};

const gathered = async (peer: RTCPeerConnection): Promise<void> => new Promise((resolve) => {
  setTimeout(resolve, GATHER_MS);
  peer.addEventListener('icegatheringstatechange', () => {
    if (peer.iceGatheringState === 'complete') resolve();
  });
});

const refusal = async (response: Response): Promise<Fault> => {
  if (response.status === 401 || response.status === 403) return new Fault('serve', 'auth-required', 'The token does not allow publishing.', { remedy: 'It needs the scope publish.' });
  const body = await response.json().catch(() => undefined) as { readonly detail?: unknown; readonly error?: unknown } | undefined;
  const sentence = [body?.detail, body?.error].find((text) => typeof text === 'string');
  return new Fault('serve', response.status === 409 ? 'source-forbidden' : 'source-refused', sentence ?? `Hearken answered ${response.status}.`);
};

const headersOf = (token: string | undefined): Record<string, string> => token === undefined ? {} : { authorization: `Bearer ${token}` };

/** Sends the offer; an endpoint that is just being made gets a moment. */
const post = async ({ name, token }: PublishOptions, sdp: string, signal: AbortSignal): Promise<{ readonly location: string; readonly answer: string }> => {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(`/whip/${encodeURIComponent(name)}`, { method: 'POST', headers: { ...headersOf(token), 'content-type': 'application/sdp' }, body: sdp, signal });
    if (response.ok) return { location: response.headers.get('location') ?? '', answer: await response.text() };
    if (response.status !== 503 || attempt === ATTEMPTS) throw await refusal(response);
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
};

const ensureCamera = async ({ client, name }: PublishOptions, signal: AbortSignal): Promise<void> => {
  const cameras = await client.cameras.list(signal);
  if (!cameras.some((camera) => camera.name === name)) await client.cameras.put(name, { source: 'whip' });
};

/** One attempt, and what it leaves to be cleared away. */
class Attempt {
  readonly #options: PublishOptions;
  readonly #left = new AbortController();
  readonly #peer = new RTCPeerConnection();
  #stream: MediaStream | undefined;
  #location: string | undefined;

  constructor(options: PublishOptions) {
    this.#options = options;
  }

  async run(say: (publishing: Publishing) => void): Promise<void> {
    const { signal } = this.#left;
    say({ phase: 'asking' });
    const stream = await captureAny();
    this.#stream = stream;
    // Left while the browser was asking: its light must not stay on.
    if (signal.aborted) {
      this.end();
      return;
    }
    say({ phase: 'connecting' });
    await ensureCamera(this.#options, signal);
    const peer = this.#peer;
    for (const track of stream.getTracks()) peer.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
    peer.addEventListener('connectionstatechange', () => {
      if (peer.connectionState === 'connected') say({ phase: 'live', stream });
      else if (peer.connectionState === 'disconnected' || peer.connectionState === 'failed') say({ phase: 'lost', stream });
    });
    await peer.setLocalDescription();
    await gathered(peer);
    const { location, answer } = await post(this.#options, peer.localDescription?.sdp ?? '', signal);
    this.#location = location;
    await peer.setRemoteDescription({ type: 'answer', sdp: answer });
  }

  /** Ends it, also when the page is being left. */
  end(): void {
    this.#left.abort();
    this.#peer.close();
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    if (this.#location !== undefined) void fetch(this.#location, { method: 'DELETE', headers: headersOf(this.#options.token), keepalive: true }).catch(() => undefined);
    this.#location = undefined;
  }
}

/**
 * Publishes for as long as it is subscribed to: asks for camera and microphone, makes the camera with `source: whip` when
 * it is missing, and offers. Errors with a Fault: what the browser or the server refused, in words.
 */
export const publish = (options: PublishOptions): Observable<Publishing> => new Observable((subscriber) => {
  const attempt = new Attempt(options);
  const end = (): void => { attempt.end(); };
  addEventListener('pagehide', end);
  attempt.run((publishing) => { subscriber.next(publishing); }).catch((error: unknown) => { subscriber.error(inWords(error)); });
  return () => {
    removeEventListener('pagehide', end);
    end();
  };
});
