import type { z } from 'zod';
import { COMMAND_SCHEMAS, type Command, type ErrorCode, type Failure } from './protocol.js';

/** A message understood, or the answer to one that was not. */
export type Read = { readonly command: Command; readonly failure?: never } | { readonly failure: Failure; readonly command?: never };

/** The answer to a command that cannot be obeyed. */
export const failure = (id: number | null, code: ErrorCode, message: string): Failure =>
  ({ id, type: 'result', success: false, error: { code, message } });

const refuse = (id: number | null, code: ErrorCode, message: string): Read => ({ failure: failure(id, code, message) });

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** A stranger's text, short and on one line, to be shown back to them. */
const quoted = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);

const NAMES = Object.keys(COMMAND_SCHEMAS) as (keyof typeof COMMAND_SCHEMAS)[];

/** What is wrong with something a stranger sent, in one sentence. */
export const sentence = (error: z.ZodError): string =>
  error.issues.slice(0, 5).map(({ path, message }) => path.length === 0 ? message : `${path.join('.')}: ${message}`).join('; ');

/** Reads one message of a client. Nothing in it is trusted; whatever it is, the answer says what is wrong with it. */
export const readCommand = (text: string): Read => {
  const value = parse(text);
  if (value === undefined) return refuse(null, 'invalid_json', 'The message is not JSON.');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(null, 'invalid_format', 'The message is not a JSON object.');
  const { id, type } = value as { readonly id?: unknown; readonly type?: unknown };
  if (typeof id !== 'number' || !Number.isSafeInteger(id) || id < 1) return refuse(null, 'invalid_format', 'id: a whole number from 1 is needed');
  if (typeof type !== 'string') return refuse(id, 'invalid_format', `type: one of ${NAMES.join(', ')} is needed`);
  const known = NAMES.find((name) => name === type);
  if (known === undefined) return refuse(id, 'unknown_command', `There is no command ${quoted(type)}; there are ${NAMES.join(', ')}.`);
  const checked = COMMAND_SCHEMAS[known].safeParse(value);
  return checked.success ? { command: checked.data } : refuse(id, 'invalid_format', sentence(checked.error));
};
