/** A point [px], from the upper left corner. */
export type Point = readonly [number, number];
/** Red, green, blue, 0…255. */
export type Colour = readonly [number, number, number];

const SUB_ROWS = 4;

/** A picture that polygons are painted on, their edges smooth. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  /** `[height, width, 3]`, RGB. */
  readonly pixels: Uint8Array;
  readonly #coverage: Float32Array;

  /**
   * @param width of the picture [px]
   * @param height of the picture [px]
   */
  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.pixels = new Uint8Array(width * height * 3);
    this.#coverage = new Float32Array(width);
  }

  /** Takes over another picture of the same size. */
  copy(other: Canvas): void {
    this.pixels.set(other.pixels);
  }

  /** Every pixel from its place. */
  fill(colourAt: (x: number, y: number) => Colour): void {
    for (let y = 0, at = 0; y < this.height; y++) {
      for (let x = 0; x < this.width; x++, at += 3) this.pixels.set(colourAt(x, y), at);
    }
  }

  /** A filled polygon (even-odd), its edges antialiased. */
  polygon(points: readonly Point[], colour: Colour, alpha = 1): void {
    const top = Math.max(0, Math.floor(Math.min(...points.map(([, y]) => y))));
    const bottom = Math.min(this.height, Math.ceil(Math.max(...points.map(([, y]) => y))));
    for (let y = top; y < bottom; y++) {
      this.#coverage.fill(0);
      for (let sub = 0; sub < SUB_ROWS; sub++) this.#span(points, y + (sub + 0.5) / SUB_ROWS);
      this.#blendRow(y, colour, alpha);
    }
  }

  /** Adds one sub-row of a polygon to the row's coverage. */
  #span(points: readonly Point[], y: number): void {
    const crossings: number[] = [];
    for (const [i, [x1, y1]] of points.entries()) {
      const [x2, y2] = points[(i + 1) % points.length] ?? [0, 0];
      if ((y1 <= y) !== (y2 <= y)) crossings.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
    }
    crossings.sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const from = Math.max(0, crossings[i] ?? 0), to = Math.min(this.width, crossings[i + 1] ?? 0);
      for (let x = Math.floor(from); x < to; x++) {
        this.#coverage[x] = (this.#coverage[x] ?? 0) + (Math.min(to, x + 1) - Math.max(from, x)) / SUB_ROWS;
      }
    }
  }

  #blendRow(y: number, [red, green, blue]: Colour, alpha: number): void {
    for (let x = 0, at = y * this.width * 3; x < this.width; x++, at += 3) {
      const share = (this.#coverage[x] ?? 0) * alpha;
      if (share <= 0) continue;
      this.pixels[at] = (this.pixels[at] ?? 0) * (1 - share) + red * share;
      this.pixels[at + 1] = (this.pixels[at + 1] ?? 0) * (1 - share) + green * share;
      this.pixels[at + 2] = (this.pixels[at + 2] ?? 0) * (1 - share) + blue * share;
    }
  }

  /** A filled ellipse, turned by `turn` [rad]. */
  ellipse([cx, cy]: Point, rx: number, ry: number, colour: Colour, alpha = 1, turn = 0): void {
    this.polygon(Array.from({ length: 40 }, (_, i): Point => {
      const a = (i / 40) * 2 * Math.PI, x = rx * Math.cos(a), y = ry * Math.sin(a);
      return [cx + x * Math.cos(turn) - y * Math.sin(turn), cy + x * Math.sin(turn) + y * Math.cos(turn)];
    }), colour, alpha);
  }

  /** A straight stroke of a width [px]. */
  line([x1, y1]: Point, [x2, y2]: Point, width: number, colour: Colour, alpha = 1): void {
    const length = Math.hypot(x2 - x1, y2 - y1);
    if (length === 0) return;
    const nx = (-(y2 - y1) / length) * (width / 2), ny = ((x2 - x1) / length) * (width / 2);
    this.polygon([[x1 + nx, y1 + ny], [x2 + nx, y2 + ny], [x2 - nx, y2 - ny], [x1 - nx, y1 - ny]], colour, alpha);
  }

  /** Moves every pixel towards a colour. */
  veil([red, green, blue]: Colour, alpha: number): void {
    if (alpha <= 0) return;
    const { pixels } = this;
    for (let at = 0; at < pixels.length; at += 3) {
      pixels[at] = (pixels[at] ?? 0) * (1 - alpha) + red * alpha;
      pixels[at + 1] = (pixels[at + 1] ?? 0) * (1 - alpha) + green * alpha;
      pixels[at + 2] = (pixels[at + 2] ?? 0) * (1 - alpha) + blue * alpha;
    }
  }
}
