import { createRandom, type Random } from "../../common/random";

export interface Place {
  readonly x: number;
  readonly y: number;
}

/** A point in the plane. Whether it is a planted anomaly is known to who judges the forest, never to the forest. */
export interface Point extends Place {
  readonly anomalous: boolean;
}

/** What of the plane is shown. */
export const plane = { x: [-6, 6], y: [-4.5, 4.5] } as const;

type Drawn = readonly [x: number, y: number];

/** Sets of points to start from, by name. Every call of one gives the same points. */
export const toys: Readonly<Record<string, () => Point[]>> = {
  "Two clusters": () => toy("two clusters", 160, twoClusters, anywhere, 8),
  Ring: () => toy("ring", 160, ring, (random) => around([0, 0], 0.5, random), 6),
  Line: () => toy("line", 160, line, besideLine, 8),
  "Clusters of different density": () => toy("densities", 200, densities, besideDense, 8),
};

/** Usual points drawn from one thing, and anomalies from another. */
function toy(
  name: string,
  usual: number,
  drawUsual: (random: Random) => Drawn,
  drawAnomaly: (random: Random) => Drawn,
  anomalies: number,
): Point[] {
  const random = createRandom(1, name);
  return Array.from({ length: usual + anomalies }, (_, i) => {
    const anomalous = i >= usual;
    const [x, y] = (anomalous ? drawAnomaly : drawUsual)(random);
    return pointAt(x, y, anomalous);
  });
}

/** The point at a place, or where the plane ends, to two decimals. */
export function pointAt(x: number, y: number, anomalous: boolean): Point {
  return { x: within(plane.x, x), y: within(plane.y, y), anomalous };
}

function within([least, most]: readonly [number, number], value: number): number {
  return Math.round(100 * Math.min(most, Math.max(least, value))) / 100;
}

function twoClusters(random: Random): Drawn {
  return random.uniform() < 0.5 ? around([-2.5, -1.5], 0.7, random) : around([2.5, 1.5], 0.7, random);
}

function ring(random: Random): Drawn {
  const angle = 2 * Math.PI * random.uniform();
  return around([3 * Math.cos(angle), 3 * Math.sin(angle)], 0.2, random);
}

function line(random: Random): Drawn {
  const along = 9 * random.uniform() - 4.5;
  return around([along, 0.7 * along], 0.15, random);
}

function besideLine(random: Random): Drawn {
  const along = 5 * random.uniform() - 2.5;
  const aside = random.uniform() < 0.5 ? -1.6 : 1.6;
  return around([along - aside, 0.7 * along + aside], 0.2, random);
}

function densities(random: Random): Drawn {
  return random.uniform() < 0.6 ? around([-3, 0], 0.25, random) : around([2, 0], 1.3, random);
}

/** As far from the dense cluster as usual points are from the middle of the wide one. */
function besideDense(random: Random): Drawn {
  const angle = 2 * Math.PI * random.uniform();
  return [-3 + 1.4 * Math.cos(angle), 1.4 * Math.sin(angle)];
}

function anywhere(random: Random): Drawn {
  return [plane.x[0] + 12 * random.uniform(), plane.y[0] + 9 * random.uniform()];
}

/** A normally distributed place (Box and Muller). */
function around([x, y]: Drawn, deviation: number, random: Random): Drawn {
  const radius = deviation * Math.sqrt(-2 * Math.log(1 - random.uniform()));
  const angle = 2 * Math.PI * random.uniform();
  return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
}
