/** How publishers reach a camera with `source: whip`. */
import { z } from 'zod';

const port = z.int().min(1).max(65_535);

const iceServerShape = z.strictObject({
  url: z.string().regex(/^(?:stuns?|turns?):[^\s"<>]+$/i, 'must be stun:, stuns:, turn: or turns: with a host, such as stun:stun.example.net').describe('Such as stun:stun.example.net or turn:turn.example.net?transport=udp.'),
  username: z.string().min(1).optional().describe('For turn.'),
  credential: z.string().min(1).optional().describe('For turn, best as ${VARIABLE}.'),
});

/** How publishers reach a camera. */
export const whipSchema = z.strictObject({
  iceServers: z.array(iceServerShape).max(16).default([]).describe('STUN and TURN servers that publishers are told of; Hearken itself asks none. Those with a credential are told only to who has a token to publish.'),
  udpPorts: z.array(port).length(2).nullable().default(null).describe('First and last UDP port that publishers are received on; each takes one for every IPv4 address of this machine. null: any that is free.'),
  keyFrameWaitS: z.number().min(0).max(5).default(1).describe('How long a gate that wants to look waits for the key frame it asked for [s]; 0: it takes what is there.'),
});

/** How publishers reach a camera, checked. */
export type WhipSettings = z.infer<typeof whipSchema>;

/** What does not fit: where below `whip`, and why. Pure. */
export const whipMistakes = ({ iceServers, udpPorts }: WhipSettings): { readonly path: readonly string[]; readonly message: string }[] => {
  const [first = 0, last = Infinity] = udpPorts ?? [];
  return [
    ...(first < last ? [] : [{ path: ['udpPorts'], message: `${first} is not below ${last}: the first port comes before the last` }]),
    ...iceServers.flatMap(({ url, username, credential }, i) => (/^turns?:/i.test(url) && (username === undefined || credential === undefined)
      ? [{ path: ['iceServers', String(i)], message: 'a TURN server needs a username and a credential' }] : [])),
  ];
};
