import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import { expect } from 'chai';
import { WebSocket } from 'ws';
import { Fault } from '../../src/faults.js';
import { startServer } from '../../src/serve/server.js';
import { createTlsServer } from '../../src/serve/tls.js';
import { Stage, until } from './sockets.js';

/** A certificate of its own for 127.0.0.1, made by openssl, so that no key lies in the repository. */
const makeCertificate = (folder: string, name: string): { certificateFile: string; keyFile: string } => {
  const files = { certificateFile: join(folder, `${name}.crt`), keyFile: join(folder, `${name}.key`) };
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2', '-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', files.keyFile, '-out', files.certificateFile], { stdio: 'ignore' });
  return files;
};

const hasOpenssl = (): boolean => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** The status of a call, and whose certificate was shown; whether it is to be trusted is not the question here. */
const ask = (port: number): Promise<{ status: number | undefined; name: string }> => new Promise((resolve, reject) => {
  get({ host: '127.0.0.1', port, path: '/healthz', rejectUnauthorized: false, agent: false }, (response) => {
    const { subject } = (response.socket as unknown as Pick<TLSSocket, 'getPeerCertificate'>).getPeerCertificate();
    const name = String(subject.CN);
    response.resume();
    response.on('end', () => { resolve({ status: response.statusCode, name }); });
  }).on('error', reject);
});

describe('serve: TLS', () => {
  const stage = new Stage();
  let folder = '';
  before(function () {
    if (!hasOpenssl()) {
      process.stdout.write('      skipped: there is no openssl to make certificates with\n');
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), 'hearken-tls-'));
  });
  after(() => { if (folder !== '') rmSync(folder, { recursive: true }); });
  afterEach(() => stage.clear());

  it('serves https and wss, and no plain http', async () => {
    const server = await stage.server({ tls: makeCertificate(folder, 'first') });
    expect(await ask(server.address.port)).to.deep.equal({ status: 200, name: 'first' });
    const socket = new WebSocket(`wss://127.0.0.1:${server.address.port}/ws`, { rejectUnauthorized: false });
    let said = '';
    socket.on('message', (data: Buffer) => { said += data.toString('utf8'); });
    await until(() => said.includes('hello'));
    socket.terminate();
    expect(await fetch(`http://127.0.0.1:${server.address.port}/healthz`).then(() => 'answered', () => 'refused')).to.equal('refused');
  });

  it('takes up a new certificate, and keeps the old one when the new one is none', async () => {
    const [files, second] = [makeCertificate(folder, 'old'), makeCertificate(folder, 'new')];
    const notes: string[] = [];
    const tls = await createTlsServer(files, {}, (level, message) => notes.push(`${level} ${message}`));
    tls.http.on('request', (_request, response) => { response.end(); });
    await new Promise<void>((resolve) => { tls.http.listen(0, '127.0.0.1', resolve); });
    const { port } = tls.http.address() as { port: number };
    try {
      expect((await ask(port)).name).to.equal('old');
      await tls.renew();
      expect(notes).to.deep.equal([]);
      writeFileSync(files.certificateFile, 'no certificate');
      await tls.renew();
      expect((await ask(port)).name).to.equal('old');
      expect(notes).to.have.length(1);
      expect(notes[0]).to.match(/^warn The old TLS certificate stays in use/);
      copyFileSync(second.certificateFile, files.certificateFile);
      copyFileSync(second.keyFile, files.keyFile);
      await tls.renew();
      expect((await ask(port)).name).to.equal('new');
    } finally {
      tls.stop();
      tls.http.close();
    }
  });

  it('says in a Fault which file is wrong', async () => {
    const good = makeCertificate(folder, 'good');
    const other = makeCertificate(folder, 'other');
    for (const files of [{ ...good, keyFile: join(folder, 'nothing.key') }, { ...good, keyFile: other.keyFile }, { certificateFile: good.keyFile, keyFile: good.keyFile }]) {
      const fault = await startServer({ host: '127.0.0.1', port: 0, tls: files }).then(() => undefined, (error: unknown) => error);
      expect(fault).to.be.instanceOf(Fault).with.property('kind', 'settings-invalid');
      expect((fault as Fault).message).to.contain(folder);
    }
  });
});
