import type { IncomingMessage } from 'node:http';
import { Refusal } from './reply.js';

const typeOf = (request: IncomingMessage): string => (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';

/**
 * Reads the body of a call, as text.
 *
 * @param type the media type it must have
 * @param maxBytes its largest size [bytes]; nothing is kept of a larger one
 * @throws Refusal 415, 413 or 400
 */
export const readBody = async (request: IncomingMessage, type: string, maxBytes: number): Promise<string> => {
  if (typeOf(request) !== type) throw new Refusal(415, `The body must be ${type}.`);
  if (request.headers['content-encoding'] !== undefined) throw new Refusal(415, 'The body must not be compressed.');
  const tooLarge = (): Refusal => new Refusal(413, `The body may have ${maxBytes} bytes.`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Leaving the loop must not destroy the socket: the refusal still has to go out.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof Refusal ? error : new Refusal(400, 'The body ended before it was complete.');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new Refusal(400, 'The body is not UTF-8.');
  }
};

/** Reads a JSON body. @throws Refusal as {@link readBody} does */
export const readJson = async (request: IncomingMessage, maxBytes: number): Promise<unknown> => {
  const text = await readBody(request, 'application/json', maxBytes);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Refusal(400, 'The body is not JSON.');
  }
};
