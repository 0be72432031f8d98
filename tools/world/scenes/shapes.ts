/**
 * Shapes as signed distances: negative inside, in units of the shape's radius, about 1 at its farthest point.
 * The y axis points down. Distances are exact near the edge only, which is all that antialiasing asks for.
 */

/** Distance from a point to a shape's edge. */
type Distance = (x: number, y: number) => number;

const { abs, atan2, cos, hypot, max, min, PI, sin } = Math;

const box = (x: number, y: number, halfWidth: number, halfHeight: number): number => {
  const dx = abs(x) - halfWidth, dy = abs(y) - halfHeight;
  return hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0);
};

/** A regular polygon with one corner up. */
const polygon = (sides: number): Distance => (x, y) => {
  const step = (2 * PI) / sides;
  const angle = atan2(x, -y);
  const turned = angle - step * Math.floor(angle / step) - step / 2;
  return hypot(x, y) * cos(turned) - cos(step / 2);
};

/** A star: the edge runs straight between an outer and an inner radius. */
const star = (points: number, inner: number): Distance => (x, y) => {
  const half = PI / points;
  const angle = abs(((atan2(x, -y) % (2 * half)) + 3 * half) % (2 * half) - half);
  const r = hypot(x, y), px = r * sin(half - angle), py = r * cos(half - angle);
  // The tip lies at angle `half` from the inner corner (0, inner).
  const tx = sin(half), ty = cos(half) - inner, length = hypot(tx, ty);
  return ((py - inner) * tx - px * ty) / length;
};

const segment = (x: number, y: number, ax: number, ay: number, bx: number, by: number): number => {
  const t = max(0, min(1, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)));
  return hypot(x - ax - t * (bx - ax), y - ay - t * (by - ay));
};

const heart: Distance = (x, y) => {
  const lobes = min(hypot(abs(x) - 0.42, y + 0.3) - 0.5, 9);
  const body = max((abs(x) + y * 0.95 - 0.88) * 0.72, -y - 0.32);
  return min(lobes, body);
};

const moon: Distance = (x, y) => max(hypot(x, y) - 0.95, 0.72 - hypot(x - 0.48, y));

/** Every shape there is, by name. */
export const SHAPES = {
  disc: (x, y) => hypot(x, y) - 0.86,
  square: (x, y) => box(x, y, 0.75, 0.75),
  triangle: polygon(3),
  hexagon: (x, y) => polygon(6)(x, y) * 1.02,
  star: star(5, 0.42),
  cross: (x, y) => min(box(x, y, 0.95, 0.3), box(x, y, 0.3, 0.95)),
  heart,
  moon,
  ring: (x, y) => abs(hypot(x, y) - 0.66) - 0.26,
  bar: (x, y) => segment(x, y, -0.62, 0, 0.62, 0) - 0.33,
  arrow: (x, y) => min(max(abs(x) * 0.75 + (y + 0.95) * -0.62, y + 0.05), box(x, y - 0.42, 0.27, 0.5)),
  flower: (x, y) => (hypot(x, y) - 0.7 - 0.24 * cos(4 * atan2(x, -y))) * 0.62,
} as const satisfies Readonly<Record<string, Distance>>;

/** The name of a shape. */
export type ShapeName = keyof typeof SHAPES;
/** Every shape's name, in a fixed order: the classes of a net that tells shapes. */
export const SHAPE_NAMES = Object.keys(SHAPES) as readonly ShapeName[];
