import { readFile, stat } from 'node:fs/promises';
import { createServer, type Server as HttpsServer, type ServerOptions as HttpsOptions } from 'node:https';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { Fault } from '../faults.js';
import type { TlsFiles } from './options.js';

/** How often the files are looked at [ms]. */
const LOOK_MS = 60_000;

const read = async ({ certificateFile, keyFile }: TlsFiles): Promise<SecureContextOptions> => {
  const [cert, key] = await Promise.all([certificateFile, keyFile].map(async (file) => readFile(file).catch((cause: unknown) => {
    throw new Fault('serve', 'settings-invalid', `The TLS file ${file} cannot be read.`, { remedy: 'Correct its path, or its permissions.', cause });
  })));
  try {
    const options: SecureContextOptions = { cert, key, minVersion: 'TLSv1.2' };
    createSecureContext(options);
    return options;
  } catch (cause) {
    throw new Fault('serve', 'settings-invalid', `The certificate ${certificateFile} and the key ${keyFile} are no PEM files that belong together.`, {
      remedy: 'Give the certificate chain and its private key as PEM files.', cause,
    });
  }
};

const stampOf = async ({ certificateFile, keyFile }: TlsFiles): Promise<string> => {
  const stats = await Promise.all([certificateFile, keyFile].map(async (file) => stat(file).catch(() => undefined)));
  return stats.map((one) => one === undefined ? 'gone' : `${one.mtimeMs} ${one.size} ${one.ino}`).join(' ');
};

/** A server that speaks TLS, and takes up a new certificate when its files change. */
export interface TlsServer {
  readonly http: HttpsServer;
  /** Looks at the files now; takes them up if they changed, and keeps the old certificate if they are wrong. */
  renew(): Promise<void>;
  stop(): void;
}

/**
 * Makes a server from certificate files, which are looked at once a minute.
 *
 * @param note told when a new certificate was taken up, or could not be
 * @throws Fault `settings-invalid` when they cannot be read or do not belong together
 */
export const createTlsServer = async (files: TlsFiles, options: HttpsOptions, note: (level: 'info' | 'warn', message: string) => void): Promise<TlsServer> => {
  let stamp = await stampOf(files);
  const http = createServer({ ...options, ...await read(files) });
  const renew = async (): Promise<void> => {
    const now = await stampOf(files);
    if (now === stamp) return;
    stamp = now;
    try {
      http.setSecureContext(await read(files));
      note('info', 'The TLS certificate was read again.');
    } catch (error) {
      note('warn', `The old TLS certificate stays in use. ${error instanceof Fault ? error.sentence : ''}`.trim());
    }
  };
  const timer = setInterval(() => { void renew(); }, LOOK_MS).unref();
  return { http, renew, stop: () => { clearInterval(timer); } };
};
