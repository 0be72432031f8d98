/** Streams of random numbers that depend on nothing but their names. */
import { seeded, type Random } from '../../src/learn/random.js';

/** A generator of its own for each list of names: the same names give the same numbers, on every machine. */
export const draw = (...names: readonly (string | number)[]): Random => {
  let hash = 0x811c9dc5;
  for (const char of names.join('\u001f')) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return seeded((hash ^ (hash >>> 13)) >>> 0);
};

/** The list in a random order (Fisher and Yates); the list itself stays as it is. */
export const shuffled = <T>(list: readonly T[], random: Random): T[] => {
  const keys = list.map((value) => ({ value, key: random.uniform(0, 1) }));
  return keys.sort((a, b) => a.key - b.key).map(({ value }) => value);
};

/** The element, which must be there. */
export const at = <T>(list: readonly T[], index: number): T => {
  const value = list[index];
  if (value === undefined) throw new RangeError(`index ${index} of a list of ${list.length}`);
  return value;
};
