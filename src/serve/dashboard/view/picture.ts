import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { catchError, combineLatest, defer, distinctUntilChanged, EMPTY, exhaustMap, from, fromEvent, map, Observable, of, startWith, switchMap, timer } from 'rxjs';
import { brings, type CameraView } from '../board.js';
import { clock, duration, isEpoch } from '../format.js';
import type { HearkenClient } from '../../client.js';
import type { ClientPicture } from '../../client-calls.js';

/** The server makes no more of them than this anyway [ms]. */
const EVERY_MS = 1_000;
/** A picture that is older than this is told so [s]. */
const OLD_S = 15;

/** Whether anybody can see the element: it is on the screen, and the page is in front. */
const seen = (element: Element): Observable<boolean> => combineLatest([
  new Observable<boolean>((subscriber) => {
    const watcher = new IntersectionObserver((entries) => { subscriber.next(entries.at(-1)?.isIntersecting === true); });
    watcher.observe(element);
    return () => { watcher.disconnect(); };
  }),
  fromEvent(document, 'visibilitychange').pipe(startWith(undefined), map(() => document.visibilityState === 'visible')),
]).pipe(map((all) => all.every(Boolean)), distinctUntilChanged());

/** The camera's pictures while somebody can see them. One that cannot be had now is asked for again with the next turn. */
const picturesFor = (element: Element, client: HearkenClient, name: string): Observable<ClientPicture | undefined> =>
  seen(element).pipe(switchMap((visible) => visible ? timer(0, EVERY_MS) : EMPTY), exhaustMap(() => defer(() => from(client.cameras.picture(name))).pipe(catchError(() => of(undefined)))));

interface Shown {
  readonly address: string;
  readonly timeS: number;
}

/** The last picture, as an address that is given back when the next one comes. */
const usePictures = (client: HearkenClient, name: string, wanted: boolean): { readonly frame: { current: HTMLDivElement | null }; readonly shown: Shown | undefined } => {
  const frame = useRef<HTMLDivElement | null>(null);
  const [shown, show] = useState<Shown | undefined>(undefined);
  useEffect(() => {
    if (frame.current === null || !wanted) return undefined;
    let address: string | undefined;
    const forget = (): void => {
      if (address !== undefined) URL.revokeObjectURL(address);
    };
    const pictures = picturesFor(frame.current, client, name).subscribe((picture) => {
      if (picture === undefined) return;
      const next = URL.createObjectURL(picture.blob);
      show({ address: next, timeS: picture.timeS });
      forget();
      address = next;
    });
    return () => {
      pictures.unsubscribe();
      forget();
      show(undefined);
    };
  }, [client, name, wanted]);
  return { frame, shown };
};

const age = (timeS: number): string => {
  if (!isEpoch(timeS)) return `at ${clock(timeS)}`;
  const s = Date.now() / 1000 - timeS;
  return s > OLD_S ? `${duration(s)} ago` : clock(timeS);
};

/** Why there is no picture. */
const missing = ({ state, media }: { readonly state: string; readonly media: { readonly video: unknown } | null }): string => {
  if (media !== null && media.video === null) return 'No picture: sound only';
  return state === 'ended' ? 'The recording has ended' : state === 'starting' ? 'Waiting for the source' : state === 'running' ? 'Waiting for a key frame' : 'No picture';
};

/** What the camera sees: its newest key frame, asked for only while it can be seen. It never makes a gate's decoder run. */
export const Picture = ({ view, client }: { readonly view: CameraView; readonly client: HearkenClient }): VNode => {
  const report = view.report.value;
  const { frame, shown } = usePictures(client, view.name, brings(report) && report.media?.video !== null);
  return html`<div class="picture" ref=${frame}>
    ${shown === undefined
      ? html`<p class="no-picture">${missing(report)}</p>`
      : html`<img src=${shown.address} alt=${`Newest key frame of ${view.name}`} /><span class="picture-time">${age(shown.timeS)}</span>`}
  </div>`;
};
