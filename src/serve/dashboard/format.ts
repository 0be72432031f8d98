/** Figures and times as people read them. Pure. */

/** Times of recordings count from their beginning; those of cameras are Unix epoch seconds, which are never so small. */
const FIRST_EPOCH_S = 1e8;

const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');

/** Whether a time of the wire is one of the clock, and not one in a recording. */
export const isEpoch = (timeS: number): boolean => timeS >= FIRST_EPOCH_S;

/** A time of the wire [s]: the hour here, `14:03:07`, or the place in a recording, `1:07`. */
export const clock = (timeS: number): string => {
  if (!isEpoch(timeS)) return `${Math.floor(timeS / 60)}:${two(timeS % 60)}`;
  const date = new Date(timeS * 1000);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
};

/** A number with as many digits as it is worth: three, or none behind the point above a hundred. */
export const number = (value: number): string => {
  const size = Math.abs(value);
  if (size === 0 || size >= 100) return value.toFixed(0);
  return size >= 10 ? value.toFixed(1) : size >= 0.01 ? value.toFixed(2) : value.toPrecision(1);
};

/** A span of time [s]: `4.2 s`, `1 min 05 s`, `3 h 20 min`. */
export const duration = (seconds: number): string => {
  const s = Math.max(0, seconds);
  if (s < 10) return `${s.toFixed(1)} s`;
  if (s < 60) return `${Math.floor(s)} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${two(s % 60)} s`;
  return s < 172_800 ? `${Math.floor(s / 3600)} h ${two((s % 3600) / 60)} min` : `${Math.floor(s / 86_400)} days`;
};

/** Multiply-accumulates, from 10⁹ of them: `12 M`, `0.31 G`. */
export const macs = (gmacs: number): string => gmacs !== 0 && gmacs < 0.1 ? `${number(gmacs * 1000)} M` : `${number(gmacs)} G`;

/** A share, 0…1, in per cent. */
export const percent = (share: number): string => `${share > 0 && share < 0.1 ? (share * 100).toFixed(1) : (share * 100).toFixed(0)} %`;

/** A score, 0…1, with two digits. */
export const score = (value: number): string => value.toFixed(2);

/** A label of a net as people write it: `dog_bark` is `dog bark`. */
export const label = (name: string): string => name.replaceAll('_', ' ');
