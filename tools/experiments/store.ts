/** Results on disk: one file a cell, there whole or not at all, so that a killed run goes on where it was. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FusionModel, HmsModel, Weight } from '../../src/learn/types.js';

/** The results of one world. */
export interface Store {
  has(key: string): boolean;
  /** What was put; undefined where nothing is. */
  get(key: string): unknown;
  put(key: string, value: unknown): void;
  path(key: string): string;
}

/** Opens a folder of results; it is made when the first is put. */
export const openStore = (folder: string): Store => {
  const path = (key: string): string => join(folder, `${key}.json`);
  return {
    path,
    has: (key) => existsSync(path(key)),
    get: (key) => existsSync(path(key)) ? JSON.parse(readFileSync(path(key), 'utf8')) as unknown : undefined,
    put: (key, value) => {
      mkdirSync(dirname(path(key)), { recursive: true });
      const part = `${path(key)}.${process.pid}.part`;
      writeFileSync(part, JSON.stringify(value));
      renameSync(part, path(key));
    },
  };
};

/** A model as JSON: its weights' bytes in base 64, in this machine's order. */
export const packModel = (model: HmsModel | FusionModel): unknown => ({
  ...model,
  weights: Object.fromEntries(Object.entries(model.weights).map(([name, { data, dims }]) => [name, { dims, data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64') }])),
});

/** The model back from {@link packModel}. */
export const unpackModel = (packed: unknown): HmsModel | FusionModel => {
  const { weights, ...rest } = packed as { readonly weights: Readonly<Record<string, { readonly dims: number[]; readonly data: string }>> } & Record<string, unknown>;
  const unpacked = Object.fromEntries(Object.entries(weights).map(([name, { dims, data }]): [string, Weight] => {
    const bytes = Buffer.from(data, 'base64');
    return [name, { dims, data: new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)) }];
  }));
  return { ...rest, weights: unpacked } as unknown as HmsModel | FusionModel;
};
