/** Subscribers that only count: `subscribers-child.js <address> <how many>`. Says when all are subscribed, and on any message what they saw. */
import { WebSocket } from 'ws';
import type { Received } from './subscribers.js';

const [address = '', count = '1'] = process.argv.slice(2);
/** Connections that are opened at once. */
const AT_ONCE = 50;
const lateMs: number[] = [];

const connect = async (): Promise<void> => new Promise((resolve, reject) => {
  const socket = new WebSocket(address, { perMessageDeflate: false });
  socket.on('error', reject);
  socket.on('open', () => { socket.send('{"id":1,"type":"subscribe","kinds":["segment"]}'); });
  socket.on('message', (data: Buffer) => {
    const now = Date.now();
    const text = data.toString();
    if (text.startsWith('{"type":"segment"')) lateMs.push(now - Number(/"end_time":([\d.]+)/.exec(text)?.[1] ?? 0) * 1000);
    else if (text.includes('"type":"result"')) resolve();
  });
});

for (let at = 0; at < Number(count); at += AT_ONCE) await Promise.all(Array.from({ length: Math.min(AT_ONCE, Number(count) - at) }, connect));
process.on('message', () => {
  process.send?.({ lateMs: lateMs.sort((a, b) => a - b) } satisfies Received);
});
process.send?.('ready');
