import { log } from "../common/exact-math";
import type { NominalColumn, Table } from "../data/table";
import { detectorTitle, type TrainedDetectorName } from "../models/detectors";
import type { Preprocessor } from "../preprocess/preprocessor";
import type { TrafficModel } from "./model/traffic-model";

/** How far traffic differs from what a model learned. */
export interface Drift {
  readonly connections: number;
  /** Population stability index of each detector's scores against those held out in training. */
  readonly stability: Readonly<Partial<Record<TrainedDetectorName, number>>>;
  /** Share of the connections with a category that training did not see. */
  readonly unseenShare: number;
  /** The frequent ones of these categories: `service irc`. */
  readonly unseen: readonly string[];
  /** Share of the connections that are outside of a feature's usual range, the middle 98 % of training; most often first. */
  readonly outside: readonly { readonly feature: string; readonly share: number }[];
  /** Says that the traffic differs, and in what; undefined where it does not, or where there is too little of it. */
  readonly warning?: string;
}

/** Fewer connections than this say nothing about drift. */
const leastConnections = 200;
/**
 * The usual rule of thumb, 0.25, is for samples of one population, and a night is none of a day's: of stretches of usual simulated
 * traffic (test/bench/drift-notices.ts) most are beyond it by some detector, and hardly any beyond this by all.
 */
const shifted = 1;
/** A feature that so many connections have outside of its usual range is named. */
const manyOutside = 0.1;
const mostNamed = 3;
const manyUnseen = 0.05;

/** The scores of a detector: as they were in training, and how many there are in each bin now. */
interface Distribution {
  readonly name: TrainedDetectorName;
  readonly profile: ScoreProfile;
  readonly counts: Float64Array;
}

/** Watches the scores and categories of connections as they come; memory does not grow. */
export class DriftMeter {
  #connections = 0;
  #unseenRows = 0;
  readonly #unseen = new Map<string, number>();
  readonly #outside = new Map<string, number>();
  readonly #distributions: readonly Distribution[];

  constructor(private readonly model: TrafficModel) {
    this.#distributions = Object.entries(model.detectors).map(([name, { threshold }]) => {
      const profile = scoreProfile(threshold.scores);
      const counts = new Float64Array(profile.shares.length);
      return { name: name as TrainedDetectorName, profile, counts };
    });
  }

  /** Takes in connections with their scores, by detector. */
  add(table: Table, scores: Readonly<Partial<Record<TrainedDetectorName, Float64Array>>>): void {
    this.#connections += table.rows;
    for (const { name, profile, counts } of this.#distributions) {
      const own = scores[name]!;
      for (let row = 0; row < own.length; row++) counts[scoreBin(profile.edges, own[row])]++;
    }
    this.#countOutside(table);
    const [{ preprocessor }] = Object.values(this.model.detectors);
    this.#unseenRows += unseenRows(preprocessor, table, this.#unseen);
  }

  #countOutside({ features }: Table): void {
    for (const feature of features) {
      const usual = this.model.usual[feature.name];
      if (feature.kind !== "numeric" || usual?.kind !== "number") continue;
      const { values } = feature;
      const [low, high] = [usual.low - 1e-6, usual.high + 1e-6];
      let count = this.#outside.get(feature.name) ?? 0;
      for (let row = 0; row < values.length; row++) if (values[row] < low || values[row] > high) count++;
      this.#outside.set(feature.name, count);
    }
  }

  /** Forgets what it took in. */
  reset(): void {
    this.#connections = 0;
    this.#unseenRows = 0;
    this.#unseen.clear();
    this.#outside.clear();
    for (const { counts } of this.#distributions) counts.fill(0);
  }

  get drift(): Drift {
    const connections = this.#connections;
    const stability: Partial<Record<TrainedDetectorName, number>> = {};
    if (connections >= leastConnections)
      for (const { name, profile, counts } of this.#distributions)
        stability[name] = populationStability(profile, counts);
    const unseenShare = connections === 0 ? 0 : this.#unseenRows / connections;
    const unseen = [...this.#unseen].sort((a, b) => b[1] - a[1]).map(([name]) => name);
    const outside = [...this.#outside]
      .map(([feature, count]) => ({ feature, share: count / connections }))
      .sort((a, b) => b.share - a.share);
    const indices = Object.values(stability);
    const hasShifted = indices.length > 0 && indices.every((index) => index > shifted);
    const isUnseen = connections >= leastConnections && unseenShare > manyUnseen + this.model.unseenShare;
    const found = [
      hasShifted && shiftWords(stability, outside),
      isUnseen &&
        `${Math.round(100 * unseenShare)} % of the connections have a category that training did not see (${unseen.slice(0, 3).join(", ")})`,
    ].filter((words) => words !== false);
    const warning = `the traffic no longer looks like what the model learned: ${found.join("; ")}`;
    return {
      ...{ connections, stability, unseenShare, unseen: unseen.slice(0, 10), outside: outside.slice(0, 10) },
      ...(found.length > 0 && { warning }),
    };
  }
}

/** Says that scores have shifted, and in which features the traffic is another. */
function shiftWords(stability: Drift["stability"], outside: Drift["outside"]): string {
  const indices = Object.entries(stability).map(
    ([name, index]) => `${detectorTitle(name)} ${index.toPrecision(3)}`,
  );
  const named = outside
    .filter(({ share }) => share > manyOutside)
    .slice(0, mostNamed)
    .map(({ feature, share }) => `${feature} in ${Math.round(100 * share)} % of the connections`);
  const where = named.length > 0 ? `, outside of its usual range is ${named.join(", ")}` : "";
  return `the scores have shifted (population stability index: ${indices.join(", ")}; ${shifted} is much)${where}`;
}

/** Counts the rows that hold a category the preprocessor was not fitted on, and adds each such category to `seen`. */
export function unseenRows(
  preprocessor: Preprocessor,
  table: Table,
  seen: Map<string, number> = new Map(),
): number {
  const unseen = new Uint8Array(table.rows);
  for (const step of preprocessor.steps) {
    if (step.kind === "number") continue;
    const { codes, categories } = table.features.find(({ name }) => name === step.feature) as NominalColumn;
    const isNew = categories.map((category) => !step.categories.includes(category));
    if (!isNew.includes(true)) continue;
    for (let row = 0; row < codes.length; row++) {
      if (!isNew[codes[row]]) continue;
      unseen[row] = 1;
      const name = `${step.feature} ${categories[codes[row]]}`;
      seen.set(name, (seen.get(name) ?? 0) + 1);
    }
  }
  return unseen.reduce((count, flag) => count + flag, 0);
}

/** How scores are distributed over bins that hold about a tenth each. */
export interface ScoreProfile {
  /** Inner bounds of the bins, ascending and different; bin i holds the scores in (edges[i − 1], edges[i]]. */
  readonly edges: readonly number[];
  /** Share of the scores in each bin; one more than there are bounds. */
  readonly shares: readonly number[];
}

/** The distribution of scores, in ascending order, over their own deciles. @throws {RangeError} if there are none */
export function scoreProfile(scores: Float64Array): ScoreProfile {
  if (scores.length === 0) throw new RangeError("a profile needs at least one score");
  const deciles = Array.from(
    { length: 9 },
    (_, i) => scores[Math.floor(((i + 1) / 10) * (scores.length - 1))],
  );
  const edges = [...new Set(deciles)];
  const counts = new Float64Array(edges.length + 1);
  for (const score of scores) counts[scoreBin(edges, score)]++;
  return { edges, shares: Array.from(counts, (count) => count / scores.length) };
}

/**
 * The population stability index Σ (a − e) · ln(a / e) of counts in the bins of a profile: 0 = the same distribution; by
 * the usual rule of thumb below 0.1 stable, above 0.25 shifted. Empty bins count as one in 10,000.
 *
 * @example
 * populationStability({ edges: [0], shares: [0.5, 0.5] }, [30, 30]); // 0
 */
export function populationStability({ shares }: ScoreProfile, counts: ArrayLike<number>): number {
  const total = Array.from(counts).reduce((sum, count) => sum + count, 0);
  return shares.reduce((sum, share, i) => {
    const expected = Math.max(share, 1e-4);
    const actual = Math.max(counts[i] / total, 1e-4);
    return sum + (actual - expected) * log(actual / expected);
  }, 0);
}

/** The bin of a score: how many bounds are below it. */
export function scoreBin(edges: readonly number[], score: number): number {
  let bin = 0;
  while (bin < edges.length && score > edges[bin]) bin++;
  return bin;
}
