/** `hearken serve [hearken.yaml]`: recognises many sources in one process and serves what happens. */
import { SiteBudget } from '../src/budget/site-budget.js';
import { budgetWarnings } from '../src/budget/warnings.js';
import { MediaHost } from '../src/media/host.js';
import { createJournal, type About } from '../src/serve/journal.js';
import { limitsOf, type ServerOptions } from '../src/serve/options.js';
import { startServer, type Server } from '../src/serve/server.js';
import { siteBudgetSchema } from '../src/settings/budget.js';
import type { Profile } from '../src/settings/profile.js';
import { Secrets } from '../src/settings/problem.js';
import type { ServeSettings, WebhookSettings } from '../src/settings/site-schema.js';
import { NO_LAYER, type CameraSettings } from '../src/settings/site.js';
import type { SourceAddress } from '../src/ingest/sources.js';
import type { CommandContext } from './command.js';
import { LiveParts } from './live-parts.js';
import { ConfigFile, type ReadConfiguration } from './site/config-file.js';
import { addressLine, camerasLine } from './site/greeting.js';
import { LiveSite, type Configuration } from './site/live-site.js';
import { NetShelf } from './site/net-shelf.js';
import { oddBudgets } from './site/odd-budgets.js';
import { budgeted } from './stream-budget.js';

/** A camera by its name. */
export interface Camera {
  readonly name: string;
  readonly source: SourceAddress;
}

/** What `serve` is told. */
export interface ServeOptions {
  readonly configuration: Configuration;
  readonly threads: number;
  readonly server: ServerOptions;
  /** The file that the configuration came from, which is followed; without one the cameras are those of the command line. */
  readonly file?: { readonly path: string; readonly first: ReadConfiguration };
}

/** The cameras of a command line, all with the same settings. */
export const camerasOf = (cameras: readonly Camera[], profile: Profile): Configuration => ({
  cameras: new Map(cameras.map(({ name, source }): [string, CameraSettings] => [name, { name, source, profile, shown: { source: source.url, ...(source.transport === undefined ? {} : { transport: source.transport }) } }])),
  allow: [],
  base: NO_LAYER,
});

/** The server as the file describes it; the environment's token may do everything. */
export const serverOptions = ({ host, port, origins, tokens, tls, limits }: ServeSettings, webhooks: readonly WebhookSettings[], token: string | undefined): ServerOptions => ({
  host, port, origins, tokens, limits: limitsOf(limits),
  ...(tls === undefined ? {} : { tls }),
  ...(token === undefined ? {} : { token }),
  webhooks: webhooks.map(({ name, url, secret, cameras, labels, minScore, kinds }, i) => ({
    name: name ?? `webhook-${i + 1}`,
    url,
    ...(secret === undefined ? {} : { secret }),
    filter: {
      ...(cameras === undefined ? {} : { cameras }),
      ...(labels === undefined ? {} : { labels }),
      ...(minScore === undefined ? {} : { min_score: minScore }),
      ...(kinds === undefined ? {} : { kinds }),
    },
  })),
});

/** A command line is right or wrong as a whole: what does not fit the nets is said at once. */
const checkAll = async ({ cameras }: Configuration, shelf: NetShelf, note: Speaking['note']): Promise<() => void> => {
  const [first] = cameras.values();
  if (first === undefined) return () => undefined;
  const { nets, release } = await shelf.acquire(first.profile);
  try {
    new LiveParts(nets, first.profile);
    // They have their settings in common, and no budget above them.
    const odd = budgetWarnings(siteBudgetSchema.parse({}), [budgeted(first.name, first.profile, nets)]);
    for (const { key, message } of odd) note(`budget.${key}: ${message}`, { level: 'warn' });
    return release;
  } catch (error) {
    release();
    throw error;
  }
};

/** Resolves when the command is stopped, or something says that there is nothing left to do. */
const ending = (stop: AbortSignal): { readonly over: Promise<void>; readonly end: () => void } => {
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    end = resolve;
    if (stop.aborted) resolve();
    else stop.addEventListener('abort', () => { resolve(); }, { once: true });
  });
  return { over, end: () => { end(); } };
};

/** How long the last messages may take to reach those who read them: at least, for their turn to come, and at most [ms]. */
const DELIVERY_MS = { least: 60, most: 500 };

/** Waits until what was published has left, or those who do not read were waited for. */
const delivered = async (server: Server): Promise<void> => {
  const startMs = performance.now();
  do await new Promise((resolve) => setTimeout(resolve, DELIVERY_MS.least));
  while (server.stats().bufferedBytes > 0 && performance.now() - startMs < DELIVERY_MS.most);
};

interface Speaking {
  /** Takes what came from the environment out of a text. */
  readonly hide: (text: string) => string;
  readonly note: (message: string, about?: About) => void;
}

const speaking = (secrets: Secrets, { note: write, interactive }: CommandContext): Speaking => {
  const hide = (text: string): string => secrets.hide(text);
  const journal = createJournal({ write, human: interactive, hide });
  return {
    hide,
    note: (message, { level = 'info', camera } = {}) => {
      journal(level, message, camera === undefined ? {} : { camera });
    },
  };
};

/** What is open while it serves. */
interface Opened {
  readonly host: MediaHost;
  readonly site: LiveSite;
  readonly server: Server | undefined;
  readonly followed: ConfigFile | undefined;
}

/** Events end first, so that subscribers still hear of it; then sockets close with their code. */
const close = async ({ host, site, server, followed }: Opened): Promise<void> => {
  followed?.close();
  await site.close();
  if (server !== undefined) await delivered(server);
  await Promise.all([host.close(), server?.close()]);
};

/** Serves until it is stopped; cameras of the command line also until every one of them has ended. */
export const serve = async ({ configuration, threads, server: listening, file }: ServeOptions, context: CommandContext): Promise<number> => {
  const secrets = new Secrets();
  if (file !== undefined) secrets.merge(file.first.secrets);
  const { hide, note } = speaking(secrets, context);
  const [host, shelf] = [new MediaHost(), new NetShelf(threads)];
  const { over, end } = ending(context.stop);
  let server: Server | undefined;
  const site = new LiveSite({
    host, shelf, note, hide, budget: new SiteBudget(),
    publish: (camera, output) => server?.publish(camera, output),
    onOver: () => { if (file === undefined && site.over) end(); },
  });
  const followed = file === undefined ? undefined : new ConfigFile({
    file: file.path, environment: process.env, first: file.first, site, secrets, note,
    further: async (settings, tree) => oddBudgets(settings, tree, shelf),
  });
  let closingAtMs: number | undefined;
  try {
    const release = file === undefined ? await checkAll(configuration, shelf, note) : undefined;
    server = await startServer({ ...listening, note: (level, message) => { note(message, { level }); } }, site);
    note(addressLine(server.address, listening.tls !== undefined));
    note(camerasLine(configuration.cameras));
    await (followed === undefined ? site.apply(configuration) : followed.start());
    release?.();
    if (file === undefined && site.over) end();
    await over;
    closingAtMs = performance.now();
    note(`${context.stop.aborted ? 'told to stop' : 'every camera has come to its end'}: closing`);
    return 0;
  } finally {
    await close({ host, site, server, followed });
    if (closingAtMs !== undefined) note(`closed, after ${((performance.now() - closingAtMs) / 1000).toFixed(1)} s`);
  }
};
