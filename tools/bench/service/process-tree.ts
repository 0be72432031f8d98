/** What a process and all its children use, from Linux's /proc. */
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second of /proc: 100 on every Linux that Node runs on. */
const TICKS_PER_S = 100;
const PAGE_BYTES = 4096;

interface Stat {
  readonly parent: number;
  readonly cpuS: number;
  readonly rssBytes: number;
}

const statOf = (pid: number): Stat | undefined => {
  try {
    // The name may hold blanks: fields are counted from behind its bracket.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    const field = (number: number): number => Number(fields[number - 3] ?? 0);
    return { parent: field(4), cpuS: (field(14) + field(15)) / TICKS_PER_S, rssBytes: field(24) * PAGE_BYTES };
  } catch {
    return undefined;
  }
};

/** Processor time so far [s] and memory now [bytes] of a process with its children; what ended in between is missing. */
export const usageOfTree = (root: number): { readonly cpuS: number; readonly rssBytes: number } => {
  const all = new Map(readdirSync('/proc').filter((name) => /^\d+$/.test(name)).flatMap((name) => {
    const stat = statOf(Number(name));
    return stat === undefined ? [] : [[Number(name), stat] as const];
  }));
  const isOurs = (pid: number): boolean => {
    for (let at = pid; at > 1; at = all.get(at)?.parent ?? 0) if (at === root) return true;
    return false;
  };
  const ours = [...all].filter(([pid]) => isOurs(pid)).map(([, stat]) => stat);
  return { cpuS: ours.reduce((sum, { cpuS }) => sum + cpuS, 0), rssBytes: ours.reduce((sum, { rssBytes }) => sum + rssBytes, 0) };
};
