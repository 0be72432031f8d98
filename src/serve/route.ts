import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import type { Identity, Scope } from './tokens.js';

/** One call of one route. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Of use are its path and its query; the host in it is made up. */
  readonly url: URL;
  /** What stands in the path for `{name}`, decoded; matches {@link NAME}. */
  readonly params: Readonly<Record<string, string>>;
  /** Who calls; has the route's scope. Undefined on an open route, without a token that is known. */
  readonly who: Identity | undefined;
  /** Aborted when the caller goes away. */
  readonly left: AbortSignal;
}

/** What goes in or out, by media type: a schema, or `text` for what is no JSON. */
export type Content = Readonly<Record<string, z.ZodType | 'text' | 'bytes'>>;

/** What the OpenAPI document says of a route. */
export interface RouteDoc {
  /** One sentence. */
  readonly summary: string;
  readonly description?: string;
  /** Query parameters: an object whose keys are their names. */
  readonly query?: z.ZodObject;
  /** Headers a caller may send, with what they are for. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Content;
  /** Answers by status; those of the router itself (400, 401, 403, 404, 405, 429) need no mention. */
  readonly answers: Readonly<Record<number, { readonly description: string; readonly content?: Content }>>;
}

/** A method that a route can have. HEAD is answered where GET is, and OPTIONS everywhere, unless a route has more to say. */
export type Method = 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE' | 'OPTIONS';

/** One thing that can be called. */
export interface Route {
  readonly method: Method;
  /** A path of literal parts and of parameters in braces, such as `/api/cameras/{name}/picture.jpg`. */
  readonly path: string;
  /** The scope a token needs. `open`: everybody who may call here at all. `health`: everybody, from any origin, by any host name. */
  readonly scope: Scope | 'open' | 'health';
  /** Absent for what belongs to the page and not to the interface. */
  readonly doc?: RouteDoc;
  /** Answers; what it throws is told to the caller in words. */
  handle(call: Call): void | Promise<void>;
}

/** What may stand for a parameter in a path. */
export const NAME = /^(?!\.)[\w.-]{1,100}$/;

const parameter = (part: string): string | undefined => /^\{(\w+)\}$/.exec(part)?.[1];

const decoded = (part: string): string | undefined => {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
};

/** What stands for the parameters when a path fits a pattern; undefined when it does not. */
export const fit = (pattern: string, pathname: string): Readonly<Record<string, string>> | undefined => {
  const wanted = pattern.split('/');
  const given = pathname.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const name = parameter(part);
    const value = decoded(given[i] ?? '');
    if (name === undefined ? value !== part : value === undefined || !NAME.test(value)) return undefined;
    if (name !== undefined && value !== undefined) params[name] = value;
  }
  return params;
};
