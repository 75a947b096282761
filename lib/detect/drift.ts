import type { NominalColumn, Table } from "../data/table";
import { detectorKind, type TrainedDetectorName } from "../models/detectors";
import type { Preprocessor } from "../preprocess/preprocessor";
import { populationStability, scoreBin } from "./score-profile";
import type { TrafficModel } from "./traffic-model";

/** How far traffic differs from what a model learned. */
export interface Drift {
  readonly connections: number;
  /** Population stability index of each detector's scores against those held out in training. */
  readonly stability: Readonly<Partial<Record<TrainedDetectorName, number>>>;
  /** Share of the connections with a category that training did not see. */
  readonly unseenShare: number;
  /** The frequent ones of these categories: `service irc`. */
  readonly unseen: readonly string[];
  /** Says that the traffic differs, and in what; undefined where it does not, or where there is too little of it. */
  readonly warning?: string;
}

/** Fewer connections than this say nothing about drift. */
const leastConnections = 200;
const shifted = 0.25;
const manyUnseen = 0.05;

/** Watches the scores and categories of connections as they come; memory does not grow. */
export class DriftMeter {
  #connections = 0;
  #unseenRows = 0;
  readonly #unseen = new Map<string, number>();
  readonly #bins = new Map<TrainedDetectorName, Float64Array>();
  readonly #model: TrafficModel;

  constructor(model: TrafficModel) {
    this.#model = model;
    for (const kind of Object.keys(model.detectors) as TrainedDetectorName[])
      this.#bins.set(kind, new Float64Array(model.training.profiles[kind].shares.length));
  }

  /** Takes in connections with their scores, one array a detector. */
  add(table: Table, scores: ReadonlyMap<TrainedDetectorName, Float64Array>): void {
    this.#connections += table.rows;
    for (const [kind, values] of scores) {
      const { edges } = this.#model.training.profiles[kind];
      const bins = this.#bins.get(kind)!;
      for (const score of values) bins[scoreBin(edges, score)]++;
    }
    const [model] = Object.values(this.#model.detectors);
    this.#unseenRows += unseenRows(model.preprocessor, table, this.#unseen);
  }

  /** Begins anew. */
  reset(): void {
    this.#connections = 0;
    this.#unseenRows = 0;
    this.#unseen.clear();
    for (const bins of this.#bins.values()) bins.fill(0);
  }

  get drift(): Drift {
    const connections = this.#connections;
    const enough = connections >= leastConnections;
    const stability: Partial<Record<TrainedDetectorName, number>> = {};
    const found: string[] = [];
    for (const [kind, bins] of this.#bins) {
      if (!enough) continue;
      const index = populationStability(this.#model.training.profiles[kind], bins);
      stability[kind] = index;
      if (index > shifted)
        found.push(
          `the scores of the ${detectorKind(kind).title} have shifted (population stability index ${index.toFixed(2)}, above ${shifted})`,
        );
    }
    const unseenShare = connections === 0 ? 0 : this.#unseenRows / connections;
    const unseen = [...this.#unseen].sort((a, b) => b[1] - a[1]).map(([name]) => name);
    if (enough && unseenShare > manyUnseen + this.#model.training.unseenShare)
      found.push(
        `${Math.round(100 * unseenShare)} % of the connections have a category that training did not see (${unseen.slice(0, 3).join(", ")})`,
      );
    const warning = `the traffic no longer looks like what the model learned: ${found.join("; ")}`;
    return {
      connections,
      stability,
      unseenShare,
      unseen: unseen.slice(0, 10),
      ...(found.length > 0 && { warning }),
    };
  }
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
  let count = 0;
  for (const flag of unseen) count += flag;
  return count;
}
