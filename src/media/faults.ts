import { Fault, asFault, type FaultKind } from '../faults.js';
import {
  AVERROR_EXIT, AVERROR_HTTP_BAD_REQUEST, AVERROR_HTTP_FORBIDDEN, AVERROR_HTTP_NOT_FOUND, AVERROR_HTTP_OTHER_4XX, AVERROR_HTTP_SERVER_ERROR,
  AVERROR_HTTP_TOO_MANY_REQUESTS, AVERROR_HTTP_UNAUTHORIZED, AVERROR_INVALIDDATA, AVERROR_PROTOCOL_NOT_FOUND, AVERROR_STREAM_NOT_FOUND, NativeError,
} from './native.js';

/** Negated errno values of Linux that libav passes through. */
const ENOENT = -2;
const EIO = -5;
const EACCES = -13;
const EISDIR = -21;
const EINVAL = -22;
const ENETUNREACH = -101;
const ECONNABORTED = -103;
const ECONNRESET = -104;
const ETIMEDOUT = -110;
const ECONNREFUSED = -111;
const EHOSTUNREACH = -113;

interface Meaning {
  readonly kind: FaultKind;
  readonly says: string;
  readonly remedy: string;
}

const login: Meaning = { kind: 'source-login-refused', says: 'refused the login', remedy: 'Check the user name and password in the address.' };
const missing: Meaning = { kind: 'source-not-found', says: 'has nothing at this address', remedy: 'Check the path: cameras list theirs under "RTSP" or "ONVIF" in their settings.' };
const unreachable: Meaning = { kind: 'source-refused', says: 'cannot be reached', remedy: 'Check host and port, and that the camera is on and serves this protocol.' };
const silent: Meaning = { kind: 'source-stalled', says: 'does not answer', remedy: 'Check the network; another client may hold the only session the camera allows.' };
const notMedia: Meaning = { kind: 'source-not-media', says: 'is not sound or video that can be read', remedy: 'Try to play it with ffprobe; if it is a recording, it may be incomplete.' };

const MEANINGS = new Map<number, Meaning>([
  [AVERROR_HTTP_UNAUTHORIZED, login],
  [AVERROR_HTTP_FORBIDDEN, login],
  [AVERROR_HTTP_NOT_FOUND, missing],
  [AVERROR_HTTP_OTHER_4XX, missing],
  [AVERROR_HTTP_BAD_REQUEST, missing],
  [AVERROR_HTTP_SERVER_ERROR, { ...unreachable, says: 'answered with an error of its own', remedy: 'Look into the log of that server.' }],
  [AVERROR_HTTP_TOO_MANY_REQUESTS, { ...unreachable, says: 'refuses more requests for now' }],
  [AVERROR_INVALIDDATA, notMedia],
  [AVERROR_STREAM_NOT_FOUND, { kind: 'source-empty', says: 'carries neither sound nor video', remedy: 'Check what the source sends.' }],
  [AVERROR_PROTOCOL_NOT_FOUND, { kind: 'source-unknown-scheme', says: 'uses a protocol that is not allowed here', remedy: 'Known are files, rtsp, http, https and rtmp.' }],
  [EINVAL, notMedia],
  [AVERROR_EXIT, silent],
  [ETIMEDOUT, silent],
  [ENOENT, { ...missing, says: 'does not exist', remedy: 'Check the path.' }],
  [EACCES, { kind: 'source-forbidden', says: 'may not be read', remedy: 'Check its permissions.' }],
  [EISDIR, { ...notMedia, says: 'is a folder', remedy: 'Name a file in it.' }],
  [ECONNREFUSED, { ...unreachable, says: 'refused the connection' }],
  [EIO, unreachable],
  [ENETUNREACH, unreachable],
  [ECONNABORTED, { ...unreachable, says: 'gave no RTSP answer', remedy: 'Check host and port; a camera that is just starting answers later.' }],
  [ECONNRESET, unreachable],
  [EHOSTUNREACH, unreachable],
]);

/**
 * The fault for a connection that failed.
 * @param error what was thrown or returned
 * @param name the source as users may see it, without secrets
 */
export const connectionFault = (error: unknown, name: string): Fault => {
  if (!(error instanceof NativeError)) return asFault(error, 'media');
  const meaning = MEANINGS.get(error.code) ?? { ...notMedia, says: `could not be opened (${error.message})` };
  return new Fault('media', meaning.kind, `${name} ${meaning.says}.`, { remedy: meaning.remedy, cause: error });
};
