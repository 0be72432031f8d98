import * as rxjs from 'rxjs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** A module of another package, as the page gets it. */
export interface VendorModule {
  /** Under this name the page imports it; absent for what is linked by its address. */
  readonly name?: string;
  /** The path it is served under. */
  readonly path: string;
  /** Its file. */
  readonly file: string;
  /** Makes of its file what is served; as it is when absent. */
  readonly wrap?: (text: string) => string;
}

const fileOf = (specifier: string): string => fileURLToPath(import.meta.resolve(specifier));

/** Packages whose ES module a browser takes as it is. */
const MODULES = ['preact', 'preact/hooks', 'htm', 'htm/preact', '@preact/signals', '@preact/signals-core'];

/** Makes an ES module of RxJS's one-file bundle: its ES modules are two hundred files, with imports no browser can resolve. */
const asModule = (bundle: string): string => {
  const names = Object.keys(rxjs).filter((name) => /^[A-Za-z_]\w*$/.test(name) && name !== 'default');
  return `const exports = {};\nconst module = { exports };\n${bundle}\nexport const { ${names.join(', ')} } = exports;\n`;
};

/** Served from `node_modules`, so that no build step is needed and the page runs without the internet. */
export const vendorModules = (): VendorModule[] => [
  ...MODULES.map((name) => ({ name, path: `/ui/vendor/${name.replace('@', '')}.js`, file: fileOf(name) })),
  { name: 'uplot', path: '/ui/vendor/uplot.js', file: fileOf('uplot/dist/uPlot.esm.js') },
  { path: '/ui/vendor/uplot.css', file: fileOf('uplot/dist/uPlot.min.css') },
  { name: 'rxjs', path: '/ui/vendor/rxjs.js', file: fileURLToPath(new URL('../bundles/rxjs.umd.min.js', import.meta.resolve('rxjs'))), wrap: asModule },
];

/** The text of a vendor module, as it is served. */
export const vendorText = async ({ file, wrap }: VendorModule): Promise<string> => {
  const text = await readFile(file, 'utf8');
  return wrap === undefined ? text : wrap(text);
};
