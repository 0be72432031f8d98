import type { IncomingMessage, ServerResponse } from 'node:http';
import { asFault, type Fault, type FaultKind } from '../faults.js';
import { redact } from '../ingest/redact.js';

type Headers = Readonly<Record<string, string>>;

/** Sends bytes of a type. Nothing is kept by caches, unless `headers` says otherwise. */
export const sendBytes = (response: ServerResponse, status: number, type: string, bytes: Uint8Array | string, headers: Headers = {}): void => {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(bytes), 'cache-control': 'no-store', ...headers });
  response.end(bytes);
};

/** Sends a value as JSON. */
export const sendJson = (response: ServerResponse, status: number, body: unknown, headers: Headers = {}): void => {
  sendBytes(response, status, 'application/json; charset=utf-8', JSON.stringify(body), headers);
};

/** Refuses a call with one sentence. The body that came with it, if any, is not read: the connection ends. */
export const refuse = (response: ServerResponse, status: number, message: string, headers: Headers = {}): void => {
  sendJson(response, status, { error: message }, { connection: 'close', ...headers });
};

/** Which status tells of which fault; every other is the server's own, 500. */
const STATUS: Readonly<Partial<Record<FaultKind, number>>> = {
  'usage': 400,
  'settings-invalid': 422,
  'source-unknown-scheme': 422,
  'source-not-found': 404,
  'source-forbidden': 403,
  'pack-not-found': 422,
  'pack-invalid': 422,
  'auth-required': 401,
};

/** A call was not answered since its caller did something wrong: the status, and the sentence they are told. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;

  /**
   * @param status the HTTP status
   * @param message one sentence; no secrets
   */
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Answers a call that failed, in words: the fault's kind, its cause and its remedy, without secrets. */
export const sendFailure = (request: IncomingMessage, response: ServerResponse, error: unknown): Fault | undefined => {
  if (response.headersSent) {
    response.destroy();
    return error instanceof Refusal ? undefined : asFault(error, 'serve');
  }
  // What was not read of the body would be taken for the next request.
  const headers: Headers = request.complete ? {} : { connection: 'close' };
  if (error instanceof Refusal) {
    sendJson(response, error.status, { error: error.message }, headers);
    return undefined;
  }
  const fault = asFault(error, 'serve');
  sendJson(response, STATUS[fault.kind] ?? 500, { error: redact(fault.sentence), kind: fault.kind }, headers);
  return fault;
};
