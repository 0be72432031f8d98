/** The one place that knows the library that draws: a Vega-Lite description becomes an SVG that stands by itself. */
import { None, View, logger, parse } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { CONFIG, STYLE } from './theme.js';

/** What to draw, in the terms of Vega-Lite; theme, schema and background are added by {@link draw}. */
export type Drawing = TopLevelSpec;

/**
 * Draws without a DOM and without a network. The SVG holds its own background and follows the reader's light or
 * dark scheme by itself; the same description gives the same text.
 */
export const draw = async (drawing: Drawing): Promise<string> => {
  const { spec } = compile({ ...drawing, config: CONFIG }, { logger: logger(None) });
  const view = new View(parse(spec), { renderer: 'none', logger: logger(None) });
  try {
    const svg = await view.toSVG();
    return svg.replace(/(<svg [^>]*>)/, `$1${STYLE}`);
  } finally {
    view.finalize();
  }
};
