import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { judge, namesWithoutProse } from '../../../tools/check/prose.js';

describe('tools/check/prose', () => {
  let folder = '';
  before(() => { folder = mkdtempSync(join(tmpdir(), 'hearken-prose-')); });
  after(() => { rmSync(folder, { recursive: true }); });

  const check = (text: string): string[] => {
    const file = join(folder, 'a.ts');
    writeFileSync(file, text);
    return namesWithoutProse([file]).map(({ line, name, why }) => `${line} ${name}: ${why}`);
  };

  it('passes names whose comment is a sentence, whatever kind of name it is', () => {
    expect(check(`
      /** Adds costs. */ export const addCosts = () => 1;
      /** One picture, scaled. */ export interface Picture { readonly width: number }
      /** The life of a source. */ export type Life = 'a' | 'b';
      /** Owns a native session. */ export class Owner {}
      /** Reads the next packet. */ export function read(): void {}
    `)).to.deep.equal([]);
  });

  it('names the line of what has no comment, no sentence, or only its own name again', () => {
    expect(check([
      'export const a = 1;',
      '// not a JSDoc comment.',
      'export function b(): void {}',
      '/** TODO */',
      'export type C = string;',
      '/** The audio chunk. */',
      'export interface AudioChunk { n: number }',
      '/** @param x the x */',
      'export const d = (x: number): number => x;',
    ].join('\n'))).to.deep.equal([
      '1 a: no JSDoc comment',
      '3 b: no JSDoc comment',
      '5 C: no sentence',
      '7 AudioChunk: only repeats the name',
      '9 d: no JSDoc comment',
    ]);
  });

  it('follows `export { a }` within the file and leaves re-exports and what is not exported alone', () => {
    expect(check([
      'const hidden = 1;',
      'const shown = hidden;',
      'export { shown };',
      "export { other } from './other.js';",
      "export * from './more.js';",
      "import { third } from './third.js';",
      'export { third };',
    ].join('\n'))).to.deep.equal(['2 shown: no JSDoc comment']);
  });

  it('takes the sentence from any overload', () => {
    expect(check(`
      /** Opens a source by its address. */
      export function open(a: string): void;
      export function open(a: URL): void;
      export function open(_a: string | URL): void {}
    `)).to.deep.equal([]);
  });

  it('does not take a decimal point for the end of a sentence', () => {
    expect(judge('RATE', 'about 0.96 s per window')).to.equal('no sentence');
    expect(judge('RATE', 'About 0.96 s per window.')).to.equal(undefined);
  });
});
