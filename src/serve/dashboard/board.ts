/** All that the page shows, as signals: whoever reads one is drawn again when it changes, and nobody else. Everything in it is bounded. */
import { batch, signal, type ReadonlySignal, type Signal } from '@preact/signals';
import type { EventMessage, SegmentMessage } from '../../emit/types.js';
import type { CameraReport } from '../camera-report.js';
import type { ConnectionState } from '../client.js';
import type { ClientMessage } from '../client.js';
import { withEvent } from './event-rows.js';
import { GATES, withDecision, withLevel, type Gate, type GateSpan, type LevelPoint } from './gate-spans.js';
import { withCost, type Bin } from './spending.js';

/** One camera as it is shown. */
export interface CameraView {
  readonly name: string;
  readonly report: Signal<CameraReport>;
  /** What was recognised last; undefined before the first. */
  readonly segment: Signal<SegmentMessage | undefined>;
  readonly levels: Signal<readonly LevelPoint[]>;
  readonly spans: Readonly<Record<Gate, Signal<readonly GateSpan[]>>>;
}

/** Why the page needs a token: the server asked for one, or refused the one it was given. */
export interface TokenNeed {
  /** What is wrong with the one that was given. */
  readonly complaint?: string;
}

/** What the page shows. */
export interface Board {
  readonly connection: Signal<ConnectionState>;
  /** Undefined until they are known. */
  readonly cameras: Signal<readonly CameraView[] | undefined>;
  /** The last message of each event, newest event first. */
  readonly events: Signal<readonly EventMessage[]>;
  readonly bins: Signal<readonly Bin[]>;
  /** Read aloud by screen readers. */
  readonly announcement: Signal<string>;
  /** Messages the server dropped since this page reads too slowly. */
  readonly dropped: Signal<number>;
  /** What the server answers with instead of cameras; undefined while it answers. */
  readonly trouble: Signal<string | undefined>;
  readonly tokenNeed: Signal<TokenNeed | undefined>;
}

/** A board with nothing on it. */
export const emptyBoard = (): Board => ({
  connection: signal<ConnectionState>('idle'),
  cameras: signal<readonly CameraView[] | undefined>(undefined),
  events: signal<readonly EventMessage[]>([]),
  bins: signal<readonly Bin[]>([]),
  announcement: signal(''),
  dropped: signal(0),
  trouble: signal<string | undefined>(undefined),
  tokenNeed: signal<TokenNeed | undefined>(undefined),
});

const newView = (report: CameraReport): CameraView => ({
  name: report.name,
  report: signal(report),
  segment: signal<SegmentMessage | undefined>(undefined),
  levels: signal<readonly LevelPoint[]>([]),
  spans: { appearance: signal<readonly GateSpan[]>([]), motion: signal<readonly GateSpan[]>([]) },
});

/** Shows these cameras: those that are known keep what is known of them. */
export const showCameras = ({ cameras }: Board, reports: readonly CameraReport[]): void => {
  const before = new Map((cameras.peek() ?? []).map((view) => [view.name, view]));
  batch(() => {
    const views = reports.map((report) => {
      const view = before.get(report.name) ?? newView(report);
      view.report.value = report;
      return view;
    });
    const known = cameras.peek();
    if (known?.length !== views.length || views.some((view, i) => known[i] !== view)) cameras.value = views;
  });
};

const showSegment = (board: Board, camera: string, segment: SegmentMessage): void => {
  board.bins.value = withCost(board.bins.peek(), segment, Date.now() / 1000);
  const view = board.cameras.peek()?.find(({ name }) => name === camera);
  if (view === undefined) return;
  view.segment.value = segment;
  view.levels.value = withLevel(view.levels.peek(), segment);
  for (const gate of GATES) view.spans[gate].value = withDecision(view.spans[gate].peek(), gate, segment);
};

/** Shows one message. @param aloud whether what is confirmed is read out: not while old news is being caught up with */
export const showMessage = (board: Board, message: ClientMessage, aloud: boolean): void => {
  batch(() => {
    if (message.type === 'lagged') board.dropped.value += message.dropped;
    else if (message.type === 'segment') showSegment(board, message.camera, message.segment);
    else if (message.type === 'event') {
      const { event } = message;
      board.events.value = withEvent(board.events.peek(), event);
      if (aloud && event.type === 'confirmed') board.announcement.value = `${event.camera}: ${event.label.replaceAll('_', ' ')} confirmed, score ${event.score.toFixed(2)}`;
    }
  });
};

/** A camera that still brings something. */
export const brings = ({ state }: CameraReport): boolean => state === 'running' || state === 'blocked';

/** What the whole site does now, from the reports of its cameras. */
export interface SiteFigures {
  readonly cameras: number;
  readonly running: number;
  /** Measured milliseconds in nets and decoding, a second. */
  readonly msPerS: number;
  readonly gmacsPerS: number;
  /** Share of the segments that were looked at. */
  readonly lookedShare: number;
  /** How many cameras like these one core would carry, from the time they were measured to take; undefined before it was. */
  readonly camerasPerCore: number | undefined;
}

/** Adds up what the cameras report. Those that do not run cost nothing now. */
export const siteFigures = (views: readonly { readonly report: ReadonlySignal<CameraReport> }[]): SiteFigures => {
  const reports = views.map(({ report }) => report.value);
  const running = reports.filter(brings);
  const total = (of: (figures: CameraReport['figures']) => number): number => running.reduce((sum, { figures }) => sum + of(figures), 0);
  const [msPerS, segments] = [total(({ ms_per_s: ms }) => ms), total((figures) => figures.segments)];
  return {
    cameras: reports.length,
    running: running.length,
    msPerS,
    gmacsPerS: total(({ gmacs_per_s: gmacs }) => gmacs),
    lookedShare: segments === 0 ? 0 : total((figures) => figures.looked_share * figures.segments) / segments,
    camerasPerCore: msPerS > 0 ? 1000 * running.length / msPerS : undefined,
  };
};

/** What the cameras may spend together: by the cap of the site, else by their own definitions; undefined where one of them has no bound. */
export const budgetOf = (views: readonly { readonly report: ReadonlySignal<CameraReport> }[], unit: 'ms' | 'gmacs'): number | undefined => {
  const site = views.flatMap(({ report }) => report.value.figures.budget?.site_cap?.[`${unit}_per_s`] ?? []).at(0);
  if (site !== undefined) return site;
  const bounds = views.map(({ report }) => {
    const { budget } = report.value.definition as { readonly budget?: Readonly<Record<string, unknown>> };
    return budget?.[`${unit}_per_s`];
  });
  return bounds.length > 0 && bounds.every((bound) => typeof bound === 'number') ? bounds.reduce((sum, bound) => sum + bound, 0) : undefined;
};
