import { type Curve, rocAuc, rocCurve, scoreSteps } from "../../evaluation/curves";
import type { Confusion } from "../../evaluation/metrics";
import {
  fitIsolationForest,
  type IsolationForest,
  type IsolationForestOptions,
} from "../../models/isolation-forest/isolation-forest";
import { chooseThreshold, verdicts } from "../../models/threshold";
import type { Matrix } from "../../preprocess/matrix";
import { type Place, type Point, plane } from "./toys";

/** Cells of the score map. */
export const mapSize = { columns: 96, rows: 72 } as const;

/** What draws the line: a score, or the share of usual points that may be flagged. */
export type Rule = { readonly kind: "score" | "budget"; readonly value: number };

/** A forest that was grown on points, with the scores of the points and of the whole plane. */
export interface Grown {
  readonly points: readonly Point[];
  readonly forest: IsolationForest;
  /** One a point. */
  readonly scores: Float64Array;
  /** One a cell, from the upper left corner, row by row. */
  readonly map: Float64Array;
}

/** Grows the library's forest on points. It does not learn which are anomalous. */
export async function grow(points: readonly Point[], settings: IsolationForestOptions): Promise<Grown> {
  const matrix = matrixOf(points);
  const forest = await fitIsolationForest(matrix, settings);
  return { points, forest, scores: await forest.score(matrix), map: await forest.score(matrixOf(cells)) };
}

const cells = Array.from({ length: mapSize.columns * mapSize.rows }, (_, cell) => ({
  x: plane.x[0] + (((cell % mapSize.columns) + 0.5) / mapSize.columns) * (plane.x[1] - plane.x[0]),
  y: plane.y[1] - ((Math.floor(cell / mapSize.columns) + 0.5) / mapSize.rows) * (plane.y[1] - plane.y[0]),
}));

function matrixOf(places: readonly Place[]): Matrix {
  return {
    rows: places.length,
    columns: ["x", "y"],
    data: Float32Array.from(places.flatMap(({ x, y }) => [x, y])),
  };
}

/** What the forest says of a place: its score, and how long the path to it is in each tree. */
export async function judgePlace(
  { forest }: Grown,
  place: Place,
): Promise<{ readonly score: number; readonly pathLengths: number[] }> {
  const matrix = matrixOf([place]);
  const [score] = await forest.score(matrix);
  const pathLengths = Array.from(forest.nodes.roots, (root) => pathLength(forest, root, matrix.data));
  return { score, pathLengths };
}

/** Walks down a tree; the forest itself adds the lengths up and keeps none of them. */
function pathLength({ nodes }: IsolationForest, root: number, row: Float32Array): number {
  let node = root;
  while (nodes.column[node] >= 0)
    node = nodes.left[node] + (row[nodes.column[node]] > nodes.split[node] ? 1 : 0);
  return nodes.pathLength[node];
}

/** Verdicts on points, and what they are worth. */
export interface Judgement {
  /** A point is flagged if its score is greater. */
  readonly threshold: number;
  /** One a point: 1 = flagged. */
  readonly flagged: Uint8Array;
  readonly confusion: Confusion;
  /** With the area below it; undefined without points of both kinds. */
  readonly roc: (Curve & { readonly area: number }) | undefined;
}

/** Judges the points that a forest was grown on. */
export function judge({ points, scores }: Grown, rule: Rule): Judgement {
  const anomalous = Uint8Array.from(points, (point) => (point.anomalous ? 1 : 0));
  const usual = scores.filter((_, i) => !anomalous[i]);
  const threshold = thresholdOf(usual, rule);
  const flagged = verdicts(scores, { value: threshold });
  const count = (truth: number, verdict: number) =>
    flagged.reduce((sum, flag, i) => sum + (flag === verdict && anomalous[i] === truth ? 1 : 0), 0);
  const confusion = {
    truePositive: count(1, 1),
    falseNegative: count(1, 0),
    falsePositive: count(0, 1),
    trueNegative: count(0, 0),
  };
  const hasBoth = anomalous.includes(1) && anomalous.includes(0);
  const steps = hasBoth ? scoreSteps(scores, anomalous) : undefined;
  return { threshold, flagged, confusion, roc: steps && { ...rocCurve(steps), area: rocAuc(steps) } };
}

/** The score above which a point is flagged. Without usual points no budget can be kept, and nothing is flagged. */
function thresholdOf(usual: Float64Array, { kind, value }: Rule): number {
  if (kind === "score") return value;
  return usual.length > 0 ? chooseThreshold(usual, value).value : 1;
}
