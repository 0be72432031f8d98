/** What the browser remembers for the page. A browser that remembers nothing is no trouble. */

const read = (place: () => Storage, key: string): string | undefined => {
  try {
    return place().getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
};

const write = (place: () => Storage, key: string, value: string | undefined): void => {
  try {
    if (value === undefined) place().removeItem(key);
    else place().setItem(key, value);
  } catch {
    // Then it holds until the page is left.
  }
};

const TOKEN = 'hearken.token';
const THEME = 'hearken.theme';
const NAME = 'hearken.publish-as';
const tab = (): Storage => sessionStorage;
const browser = (): Storage => localStorage;

/** The token of this tab; it is forgotten when the tab is closed. */
export const storedToken = (): string | undefined => read(tab, TOKEN);

/** Remembers the token, or forgets it. */
export const storeToken = (token: string | undefined): void => {
  write(tab, TOKEN, token);
};

/** How the page is to look: as the system says, or as the user did. */
export const THEMES = ['system', 'light', 'dark'] as const;
/** One of {@link THEMES}. */
export type Theme = (typeof THEMES)[number];

/** The theme that was chosen. */
export const storedTheme = (): Theme => THEMES.find((theme) => theme === read(browser, THEME)) ?? 'system';

/** Lets a theme hold, and remembers it. */
export const applyTheme = (theme: Theme): void => {
  write(browser, THEME, theme === 'system' ? undefined : theme);
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
};

/** The name this browser publishes under: its own, so that two computers do not take each other's place. */
export const publishName = (): string => {
  const known = read(browser, NAME);
  if (known !== undefined) return known;
  const name = `browser-${Math.floor(Math.random() * 36 ** 4).toString(36).padStart(4, '0')}`;
  write(browser, NAME, name);
  return name;
};
