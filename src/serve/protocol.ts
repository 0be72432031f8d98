import { z } from 'zod';
import type { AnswerMessage, EventMessage, GateMessage, SegmentMessage, StateMessage } from '../emit/types.js';

/**
 * # The WebSocket protocol, `hearken.ws.v1`
 *
 * Connect to `/ws`. Programs send `Authorization: Bearer <token>`; browsers cannot, so they first
 * `POST /api/ws-ticket` with that header and connect to `/ws?ticket=<ticket>`, which works once and for 30 s.
 * Messages are JSON texts. The server begins with
 *
 *     {"type":"hello","protocol":"hearken.ws.v1","server":"5f0c…","seq":123}
 *
 * where `server` names this run of the server: sequence numbers of another run mean nothing. Every message that
 * is published gets the next `seq`. A client sends commands, each with an `id` of its own choice (a whole number
 * from 1), and each is answered under that id.
 *
 *     → {"id":1,"type":"subscribe","cameras":["dock"],"labels":["drone"],"min_score":0.5,"kinds":["event","segment"],"since_seq":120}
 *     ← {"id":1,"type":"result","success":true,"result":{"subscription":1,"seq":123,"replay":{"complete":true,"oldest_seq":57}}}
 *     ← {"type":"event","subscription":1,"seq":124,"camera":"dock","event":{"schema":"hearken.event.v1",…}}
 *     → {"id":2,"type":"unsubscribe","subscription":1}   ← {"id":2,"type":"result","success":true,"result":null}
 *     → {"id":3,"type":"ping"}                           ← {"id":3,"type":"pong"}
 *
 * A subscription has the id of the command that made it. Every filter left out lets everything pass, but `kinds`,
 * which is `["event"]`. `labels` and `min_score` ask for one label that is both listed and high enough: of an
 * event its label and `top_score`, so that whoever was told of its beginning is told of its end; of a segment any label
 * heard, seen or watched; of an answer its own. They do not concern `gate` and `state`. An `answer` comes only from
 * `hearken watch --answer`, which then sends no events.
 *
 * With `since_seq` the subscription begins behind that message, as far as the server still has what followed;
 * `replay.complete` is false when something is already gone, and `oldest_seq` is the oldest of these kinds that
 * is left (null when none is). Without it, it begins now.
 *
 * A client that reads too slowly loses the oldest messages and is told, before the next one:
 *
 *     ← {"type":"lagged","subscription":1,"dropped":37}
 *
 * A command that cannot be obeyed is answered with its id, or null where it has none:
 *
 *     ← {"id":4,"type":"result","success":false,"error":{"code":"unknown_command","message":"…"}}
 */
export const PROTOCOL = 'hearken.ws.v1';

/** Why the server closes a connection. Codes under 4000 are those of RFC 6455, section 7.4.1, and its registry. */
export const CLOSE_CODES = {
  going_away: { code: 1001, meaning: 'The server is shutting down; come back later.' },
  not_text: { code: 1003, meaning: 'A binary message; commands are JSON texts.' },
  too_big: { code: 1009, meaning: 'A message over the size limit.' },
  try_again_later: { code: 1013, meaning: 'As many clients are connected as are allowed.' },
  malformed: { code: 4400, meaning: 'Too many messages that are no valid command.' },
  unauthorised: { code: 4401, meaning: 'No token or ticket, a wrong one, or a ticket already used or too old.' },
  forbidden: { code: 4403, meaning: 'The token is known, but has not the scope subscribe.' },
  unresponsive: { code: 4408, meaning: 'No answer to a ping, or answers to commands are not being read.' },
  too_many_requests: { code: 4429, meaning: 'More messages a second than are allowed.' },
} as const satisfies Record<string, { readonly code: number; readonly meaning: string }>;

/** The name of a reason to close. */
export type CloseReason = keyof typeof CLOSE_CODES;

/** What can be subscribed to. */
export const KINDS = ['event', 'segment', 'gate', 'state', 'answer'] as const;
/** One of {@link KINDS}. */
export type Kind = (typeof KINDS)[number];

const id = z.int().min(1);
const name = z.string().min(1).max(200);

/** The filters of a subscription. */
export const filterSchema = z.strictObject({
  cameras: z.array(name).min(1).max(256).optional(),
  labels: z.array(name).min(1).max(256).optional(),
  min_score: z.number().min(0).max(1).optional(),
  kinds: z.array(z.enum(KINDS)).min(1).max(KINDS.length).optional(),
  since_seq: z.int().min(0).optional(),
});

/** The commands, by `type`; an unknown key is an error. */
export const COMMAND_SCHEMAS = {
  subscribe: filterSchema.extend({ id, type: z.literal('subscribe') }),
  unsubscribe: z.strictObject({ id, type: z.literal('unsubscribe'), subscription: id }),
  ping: z.strictObject({ id, type: z.literal('ping') }),
} as const;

/** The filters of a subscription, checked. */
export type Filter = z.infer<typeof filterSchema>;
/** A command, checked. */
export type Command = { [T in keyof typeof COMMAND_SCHEMAS]: z.infer<(typeof COMMAND_SCHEMAS)[T]> }[keyof typeof COMMAND_SCHEMAS];

/** Why a command failed. */
export type ErrorCode = 'invalid_json' | 'invalid_format' | 'unknown_command' | 'id_in_use' | 'not_found' | 'too_many_subscriptions';

/** The answer to a command that failed. */
export interface Failure {
  /** Null when the message had no usable id. */
  readonly id: number | null;
  readonly type: 'result';
  readonly success: false;
  readonly error: { readonly code: ErrorCode; readonly message: string };
}

/** How much of what was missed can be made good. */
export interface Replay {
  readonly complete: boolean;
  /** Null when the server has none of these kinds. */
  readonly oldest_seq: number | null;
}

/** The answer to `subscribe`. */
export interface Subscribed {
  readonly subscription: number;
  /** The last sequence number that was given out. */
  readonly seq: number;
  /** Null when no replay was asked for. */
  readonly replay: Replay | null;
}

/** The answer to a command that succeeded; `unsubscribe` has nothing more to say than that. */
export interface Success {
  readonly id: number;
  readonly type: 'result';
  readonly success: true;
  readonly result: Subscribed | null;
}

/** The first message of every connection. */
export interface Hello {
  readonly type: 'hello';
  readonly protocol: typeof PROTOCOL;
  readonly server: string;
  readonly seq: number;
}

/** The answer to `ping`. */
export interface Pong {
  readonly id: number;
  readonly type: 'pong';
}

/** Messages were lost since this client reads too slowly. */
export interface Lagged {
  readonly type: 'lagged';
  readonly subscription: number;
  /** How many of those the subscription asked for. */
  readonly dropped: number;
}

/** What every published message has beside its body. */
export interface Envelope {
  readonly subscription: number;
  readonly seq: number;
  readonly camera: string;
}

/** A published message, as a subscriber gets it: its body stands under the name of its kind. */
export type Published =
  | (Envelope & { readonly type: 'event'; readonly event: EventMessage })
  | (Envelope & { readonly type: 'segment'; readonly segment: SegmentMessage })
  | (Envelope & { readonly type: 'gate'; readonly gate: GateMessage })
  | (Envelope & { readonly type: 'state'; readonly state: StateMessage })
  | (Envelope & { readonly type: 'answer'; readonly answer: AnswerMessage });

/** Everything a server says. */
export type ServerMessage = Hello | Success | Failure | Pong | Lagged | Published;
