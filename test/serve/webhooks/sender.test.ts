import { createServer, type IncomingHttpHeaders, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { publication, type Publication } from '../../../src/serve/publication.js';
import { WebhookSender } from '../../../src/serve/webhooks/sender.js';
import { sign, verifyDelivery } from '../../../src/serve/webhooks/sign.js';
import type { WebhookSpec } from '../../../src/serve/webhooks/types.js';
import { event, segment } from '../outputs.js';
import { Stage, until } from '../sockets.js';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver that answers with these statuses in turn, the last one for ever; 0 is no answer. */
class Receiver {
  readonly received: Received[] = [];
  readonly #http: HttpServer;

  constructor(statuses: readonly number[], headers: Readonly<Record<string, string>> = {}) {
    this.#http = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => { body += chunk.toString('utf8'); });
      request.on('end', () => {
        const status = statuses[Math.min(this.received.length, statuses.length - 1)] ?? 200;
        this.received.push({ headers: request.headers, body });
        if (status !== 0) response.writeHead(status, headers).end('y'.repeat(1000));
      });
    });
  }

  async url(): Promise<string> {
    await new Promise<void>((resolve) => { this.#http.listen(0, '127.0.0.1', resolve); });
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}/hook`;
  }

  async close(): Promise<void> {
    this.#http.closeAllConnections();
    await new Promise((resolve) => { this.#http.close(resolve); });
  }

  get seqs(): number[] {
    return this.received.map(({ body }) => (JSON.parse(body) as { seq: number }).seq);
  }
}

const message = (seq: number): Publication => publication(seq, 'dock', event('siren'));

describe('serve/webhooks/sender', () => {
  const receivers: Receiver[] = [];
  const senders: WebhookSender[] = [];
  const notes: string[] = [];
  const start = async (statuses: readonly number[], spec: Partial<WebhookSpec> = {}, headers: Readonly<Record<string, string>> = {}): Promise<{ receiver: Receiver; sender: WebhookSender }> => {
    const receiver = new Receiver(statuses, headers);
    receivers.push(receiver);
    const sender = new WebhookSender({ name: 'pager', url: await receiver.url(), retryFirstMs: 5, retryMaxMs: 10, ...spec }, 'run', (_level, text) => notes.push(text));
    senders.push(sender);
    return { receiver, sender };
  };
  afterEach(async () => {
    await Promise.all(senders.splice(0).map((sender) => sender.close(0)));
    await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
    notes.length = 0;
  });

  it('sends what passes the filter, in order, signed', async () => {
    const { receiver, sender } = await start([200], { secret: 'between us', filter: { kinds: ['event'], labels: ['siren'] } });
    sender.offer(message(1));
    sender.offer(publication(2, 'dock', segment()));
    sender.offer(publication(3, 'dock', event('drone')));
    sender.offer(message(4));
    await until(() => sender.stats.delivered === 2);
    expect(receiver.seqs).to.deep.equal([1, 4]);
    const [{ headers, body }] = receiver.received as [Received];
    expect(JSON.parse(body)).to.deep.equal({ type: 'event', seq: 1, camera: 'dock', event: event('siren').event });
    expect(headers).to.include({ 'content-type': 'application/json', 'x-hearken-delivery': 'run-1', 'x-hearken-attempt': '1' });
    const delivery = { body, signature: headers['x-hearken-signature'] as string, timestamp: headers['x-hearken-timestamp'] as string };
    expect(verifyDelivery('between us', delivery)).to.equal(true);
    expect(verifyDelivery('not us', delivery)).to.equal(false);
    expect(verifyDelivery('between us', { ...delivery, body: `${body} ` })).to.equal(false);
    expect(verifyDelivery('between us', delivery, 300, Date.now() / 1000 + 301)).to.equal(false);
    expect(verifyDelivery('between us', { ...delivery, timestamp: String(Number(delivery.timestamp) + 1) })).to.equal(false);
    expect(verifyDelivery('between us', { ...delivery, signature: undefined })).to.equal(false);
  });

  it('tries again until the receiver takes it, the same delivery each time, and keeps the order', async () => {
    const { receiver, sender } = await start([503, 500, 200]);
    sender.offer(message(1));
    sender.offer(message(2));
    await until(() => sender.stats.delivered === 2);
    expect(receiver.seqs).to.deep.equal([1, 1, 1, 2]);
    expect(receiver.received.map(({ headers }) => [headers['x-hearken-delivery'], headers['x-hearken-attempt']])).to.deep.equal([['run-1', '1'], ['run-1', '2'], ['run-1', '3'], ['run-2', '1']]);
    expect(sender.stats).to.deep.include({ waiting: 0, delivered: 2, retried: 2, failed: 0, overflowed: 0 });
  });

  it('tries again when there is no answer in time, and when nobody is there', async () => {
    const { receiver, sender } = await start([0, 200], { timeoutMs: 50 });
    sender.offer(message(1));
    await until(() => sender.stats.delivered === 1);
    expect(receiver.received).to.have.length(2);
    const lost = new WebhookSender({ name: 'pager', url: 'http://127.0.0.1:1/', attempts: 3, retryFirstMs: 1 }, 'run', (_level, text) => notes.push(text));
    senders.push(lost);
    lost.offer(message(1));
    await until(() => lost.stats.failed === 1);
    expect(lost.stats.retried).to.equal(2);
    expect(notes).to.deep.equal(['Webhook pager: the receiver cannot be reached; a message was given up after 3 attempts.']);
  });

  it('follows no redirect, wherever it points', async () => {
    const elsewhere = new Receiver([200]);
    receivers.push(elsewhere);
    const { receiver, sender } = await start([302, 307, 200], {}, { location: await elsewhere.url() });
    sender.offer(message(1));
    sender.offer(message(2));
    sender.offer(message(3));
    await until(() => sender.stats.delivered === 1);
    expect(sender.stats.failed).to.equal(2);
    expect(receiver.received).to.have.length(3);
    expect(elsewhere.received).to.have.length(0);
    expect(notes).to.deep.equal(['Webhook pager: the receiver answered 302; a message was given up after 1 attempt.', 'Webhook pager: messages arrive again.']);
  });

  it('holds only so many: the oldest that is not on its way leaves, and is counted', async () => {
    const { receiver, sender } = await start([0, 200], { queue: 3, timeoutMs: 100, attempts: 2 });
    for (let seq = 1; seq <= 10; seq++) sender.offer(message(seq));
    expect(sender.stats).to.include({ waiting: 3, overflowed: 7 });
    await until(() => sender.stats.waiting === 0);
    expect(receiver.seqs).to.deep.equal([1, 1, 9, 10]);
    expect(sender.stats).to.include({ delivered: 3, failed: 0 });
  });

  it('ends in time though the receiver does not answer, and counts what it could not deliver', async () => {
    const { sender } = await start([0]);
    for (let seq = 1; seq <= 5; seq++) sender.offer(message(seq));
    await sender.close(30);
    sender.offer(message(6));
    expect(sender.stats).to.include({ waiting: 0, failed: 5, delivered: 0 });
  });

  it('delivers what waits when it is told to end', async () => {
    const { receiver, sender } = await start([200]);
    for (let seq = 1; seq <= 5; seq++) sender.offer(message(seq));
    await sender.close(5000);
    expect(receiver.seqs).to.deep.equal([1, 2, 3, 4, 5]);
  });

  it('signs as others do: HMAC-SHA-256 of time, point and body', () => {
    // printf '1767225600.{}' | openssl dgst -sha256 -hmac key
    expect(sign('key', 1_767_225_600, '{}')).to.equal('v1=df344de429b8ee672e1863e0008fdbd0080000536fbccdf0e4f89846acbbe872');
  });
});

describe('serve: webhooks of a server', () => {
  const stage = new Stage();
  afterEach(() => stage.clear());

  it('tells them what is published, and says in the metrics what became of it', async () => {
    const receiver = new Receiver([200]);
    const server = await stage.server({ webhooks: [{ name: 'pager', url: await receiver.url() }] });
    server.publish('dock', event());
    server.publish('dock', segment());
    await until(() => receiver.received.length === 1);
    const counted = async (): Promise<string> => (await fetch(`http://127.0.0.1:${server.address.port}/metrics`)).text();
    while (!(await counted()).includes('hearken_webhook_messages_total{webhook="pager",result="delivered"} 1')) await new Promise((resolve) => { setTimeout(resolve, 5); });
    await receiver.close();
  });
});
