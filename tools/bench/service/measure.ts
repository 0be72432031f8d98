/** Measures the service: cameras in each scenario, then subscribers. */
import { benchMedia } from '../media.js';
import { measureCameras, SCENARIOS, type CamerasFigure } from './cameras.js';
import { measurePublishers, publishableMedia } from './publishers.js';
import type { ServiceFigures } from './report.js';
import { measureSubscribers, type SubscribersFigure } from './subscribers.js';

/** How much is measured. */
export interface ServiceOptions {
  readonly cameras: number;
  /** Of each scenario [s]. */
  readonly forS: number;
  readonly subscribers: readonly number[];
}

/** One camera is enough where everything is read: it takes most of a core. */
const camerasIn = (what: string, cameras: number): number => (what.includes('gates off') ? 1 : cameras);

/** A publisher takes a part of a core by itself. */
const MOST_PUBLISHERS = 2;

/** Many cameras take longer to open [s]. */
const LONG_WARM_S = 40;

/** How busy a machine is in the scenario of many cameras, their servers included. */
const BUSY = 0.8;

/** As many cameras as make the machine that busy, by what fewer of them did. */
const enoughToBeBusy = ({ cameras, machineShare }: CamerasFigure): number => Math.max(cameras, Math.round((BUSY / machineShare) * cameras));

/** All figures of the service, with progress. */
export const serviceFigures = async (folder: string, { cameras, forS, subscribers }: ServiceOptions, note: (line: string) => void): Promise<ServiceFigures> => {
  const media = benchMedia(folder, note).find(({ name }) => name.startsWith('1080'));
  if (media === undefined) throw new Error('there is no recording of 1080 lines');
  const measured: CamerasFigure[] = [];
  for (const scenario of SCENARIOS) {
    const figure = await measureCameras(media.path, scenario, camerasIn(scenario.what, cameras), forS);
    note(`${scenario.what}: ${figure.cameras} cameras, ${(1 / figure.cpuSPerS).toFixed(1)} a core, p99 ${figure.latencyMs.p99.toFixed(0)} ms`);
    measured.push(figure);
  }
  const [idle] = measured, [shut] = SCENARIOS;
  if (idle !== undefined && shut !== undefined) {
    const many = await measureCameras(media.path, { ...shut, what: `${shut.what}, as many as keep the machine busy` }, enoughToBeBusy(idle), forS, LONG_WARM_S);
    note(`${many.what}: ${many.cameras} cameras, ${(many.machineShare * 100).toFixed(0)} % busy, p99 ${many.latencyMs.p99.toFixed(0)} ms`);
    measured.splice(1, 0, many);
  }
  const published = await measurePublishers(publishableMedia(folder, note), Math.min(cameras, MOST_PUBLISHERS), forS);
  note(`${published.what}: ${published.cpuSPerS.toFixed(3)} CPU s a second, p99 ${published.latencyMs.p99.toFixed(0)} ms`);
  measured.push(published);
  const reached: SubscribersFigure[] = [];
  for (const count of subscribers) {
    const figure = await measureSubscribers(count);
    note(`${count} subscribers: p99 ${figure.latencyMs.p99.toFixed(0)} ms`);
    reached.push(figure);
  }
  return { format: media.name, cameras: measured, subscribers: reached };
};
