/** The schema of the configuration file: the settings of a stream, for all cameras and for each, and what the service itself needs. */
import { z } from 'zod';
import { siteBudgetSchema } from './budget.js';
import { limitsSchema } from './limits.js';
import { profileShape } from './profile.js';

const text = z.string().min(1);

const gates = profileShape.shape.gate.unwrap();
const gate = gates.shape.appearance.unwrap();
/** What may be written for both gates at once; which of them is on at all is each one's own. */
const bothGates = gate.omit({ enabled: true }).partial().shape;

/** The settings of a stream as a file has them: a shorthand for a learned policy, and one for both gates. */
const streamSections = {
  model: text.optional().describe('A learned policy: the same as packs.policy.'),
  ...profileShape.shape,
  gate: z.strictObject({ ...gates.shape, ...bothGates }).prefault({})
    .describe('When it looks. What stands here, outside of appearance and motion, holds for both unless they say otherwise.'),
};

const cameraShape = z.strictObject({
  source: text.describe('A path, an address (rtsp, rtsps, http, https, rtmp, rtmps), ffmpeg: with its options, or whip for a publisher that comes in.'),
  transport: z.enum(['tcp', 'udp']).optional().describe('How RTSP carries its packets. Default tcp.'),
  ...streamSections,
}).describe('One camera: where it comes from, and what differs from the settings above.');

const tokenShape = z.strictObject({
  name: text.describe('Who it belongs to, for logs.'),
  token: z.string().min(16).describe('The secret itself, best as ${VARIABLE}; 16 characters or more.'),
  scopes: z.array(z.enum(['publish', 'subscribe', 'admin'])).min(1).describe('publish: push a camera (WHIP). subscribe: read all there is. admin: add and remove cameras.'),
});

const serveShape = z.strictObject({
  host: text.default('127.0.0.1').describe('Address to listen on; anything but loopback needs a token.'),
  port: z.int().min(0).max(65_535).default(8787).describe('Port to listen on; 0 takes any free one.'),
  origins: z.array(text).default([]).describe('Origins of pages that may connect from a browser, such as https://home.example.'),
  tokens: z.array(tokenShape).default([]).describe('Who may do what. Beside them, HEARKEN_TOKEN in the environment may do everything.'),
  tls: z.strictObject({
    certificateFile: text.describe('Certificate, and behind it those that vouch for it, PEM. Read again when it changes.'),
    keyFile: text.describe('Its private key, PEM.'),
  }).optional().describe('Serve HTTPS and WSS with this certificate.'),
  limits: limitsSchema.prefault({}).describe('What bounds the service: how many may come, how often, and how much is kept for them.'),
});

const webhookShape = z.strictObject({
  name: text.optional().describe('What logs and metrics call it. Default webhook-1, webhook-2 and so on.'),
  url: z.url({ protocol: /^https?$/ }).describe('Where messages are sent by POST.'),
  secret: z.string().min(16).optional().describe('Signs what is sent (HMAC-SHA-256), best as ${VARIABLE}.'),
  cameras: z.array(text).optional().describe('Only messages of these cameras.'),
  labels: z.array(text).optional().describe('Only messages about these labels.'),
  minScore: z.number().min(0).max(1).optional().describe('Only messages with a label of at least this score.'),
  kinds: z.array(z.enum(['event', 'segment', 'gate', 'state'])).optional().describe('What is sent. Default: events.'),
});

/** Names of cameras: they stand in addresses and in metrics. */
export const CAMERA_NAME = /^\w[\w.-]{0,63}$/;

/** The whole file, in the spelling of the program (camelCase); {@link inFile} gives a key as the file has it. */
export const siteFileSchema = z.strictObject({
  serve: serveShape.prefault({}).describe('How the service listens, and whom it lets in. Takes effect at the start.'),
  threads: z.int().min(1).max(256).default(1).describe('Inference threads of each net. Takes effect at the start.'),
  sources: z.strictObject({
    allow: z.array(text).default([]).describe('What a camera given over REST may be: scheme://host with * or a network (rtsp://10.0.0.0/24, rtsp://*.cams.example, rtsp://*), or a folder for recordings. Default: none.'),
  }).prefault({}).describe('Which sources may be given over REST. Those of this file need no permission.'),
  webhooks: z.array(webhookShape).default([]).describe('Where events are sent.'),
  ...streamSections,
  budget: siteBudgetSchema.prefault({}).describe('What all cameras may spend together. A camera’s own cap stands under the camera.'),
  cameras: z.record(z.string().regex(CAMERA_NAME), cameraShape).default({}).describe('The cameras by name.'),
});

/** The schema of one camera, as a part of the file. */
export const cameraSchema = cameraShape;

/** Who may do what, as the file says. */
export type ServeSettings = z.infer<typeof serveShape>;
/** Where events are sent, as the file says. */
export type WebhookSettings = z.infer<typeof webhookShape>;

/** A key as the file spells it: `heartbeatS` is `heartbeat_s` there. */
export const inFile = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The sections of a stream's settings at the top of the file and in a camera; all else there is not for a profile. */
export const PROFILE_SECTIONS: readonly string[] = Object.keys(profileShape.shape);

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A JSON Schema with its properties in the file's spelling; without defaults where what stands above is the default. */
const respelled = (schema: unknown, below: boolean): unknown => {
  if (Array.isArray(schema)) return schema.map((part) => respelled(part, below));
  if (!isObject(schema)) return schema;
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !(below && key === 'default')).map(([key, value]) => {
    if (key === 'properties' && isObject(value)) return [key, Object.fromEntries(Object.entries(value).map(([name, part]) => [inFile(name), respelled(part, below || name === 'cameras')]))];
    if (key === 'required' && Array.isArray(value)) return [key, value.map((name) => inFile(String(name)))];
    return [key, key === 'default' || key === 'enum' ? value : respelled(value, below)];
  }));
};

/**
 * The file's JSON Schema (2020-12), made from the schema that checks it. A value may also be text with a variable in it, which
 * an editor cannot know: where a number is expected, it will say so.
 */
export const siteJsonSchema = (): Json => ({
  title: 'Configuration of hearken serve',
  ...respelled(z.toJSONSchema(siteFileSchema, { io: 'input' }), false) as Json,
});
