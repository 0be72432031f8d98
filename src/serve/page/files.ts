import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vendorModules, vendorText } from './vendor.js';

/** A file of the dashboard. */
export interface PageFile {
  /** The path it is served under; nothing else is. */
  readonly path: string;
  /** Its media type. */
  readonly type: string;
  /** What it holds now: an edit shows without a restart. */
  readonly read: () => Promise<Buffer | string>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

/** Where the page stands as it was written: HTML, style sheets, pictures, scripts that need no compiling. */
const WRITTEN = new URL('../../../../src/serve/dashboard/', import.meta.url);
/** Where its compiled modules are. */
const COMPILED = new URL('../dashboard/', import.meta.url);
/** Where the modules are that it shares with the server, above `src/`. */
const SHARED = new URL('../../../', import.meta.url);

/** The typed client, with all it imports: none of it needs Node. */
export const CLIENT_MODULES = ['src/serve/client.js', 'src/serve/client-link.js', 'src/serve/client-calls.js', 'src/faults.js'] as const;

/** The names under which the page imports modules, and where they are. */
export const importMap = (): Readonly<Record<string, string>> => ({
  'hearken/client': '/ui/src/serve/client.js',
  ...Object.fromEntries(vendorModules().flatMap(({ name, path }) => name === undefined ? [] : [[name, path]])),
});

const listed = async (folder: URL, under: string): Promise<PageFile[]> => {
  const files = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const root = fileURLToPath(folder);
  return files.flatMap((entry) => {
    const type = TYPES[extname(entry.name)];
    if (!entry.isFile() || type === undefined) return [];
    const file = join(entry.parentPath, entry.name);
    return [{ path: `${under}${file.slice(root.length)}`, type, read: () => readFile(file) }];
  });
};

/** Every file the page is made of, found once: a path that is not in this list reaches no file. */
export const pageFiles = async (): Promise<readonly PageFile[]> => [
  ...await listed(WRITTEN, '/ui/'),
  ...await listed(COMPILED, '/ui/src/serve/dashboard/'),
  ...CLIENT_MODULES.map((module): PageFile => ({ path: `/ui/${module}`, type: TYPES[extname(module)] ?? '', read: () => readFile(new URL(module, SHARED)) })),
  ...vendorModules().map((module): PageFile => ({ path: module.path, type: TYPES[extname(module.path)] ?? '', read: () => vendorText(module) })),
];

/** The page itself, as it was written; undefined when there is none. */
export const pageText = async (): Promise<string | undefined> => readFile(new URL('index.html', WRITTEN), 'utf8').catch(() => undefined);
