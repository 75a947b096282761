import { join } from "node:path";
import { InputError } from "../common/errors";
import { readJsonFile } from "../common/json-file";
import { MissingFile } from "../common/plain-file";
import { readResults } from "../common/unfinished";
import { at, figuresOfMerit } from "../evaluation/figures-of-merit";
import { flattened } from "../visualize/report/run-table";

/** A figure of one run. */
export interface ComparedValue {
  /** Its mean where the run has several seeds; undefined where the run does not have the figure. */
  readonly value?: number;
  /** Over the seeds of the run, where it has several. */
  readonly standardDeviation?: number;
}

/** How a run's figure differs from that of the first. */
export interface Difference {
  readonly difference: number;
  /**
   * What chance alone, in the seeds, makes of such a difference: 95 of 100 are smaller. From the deviations over seeds of the
   * runs that have several; undefined where none has.
   */
  readonly noise?: number;
}

/** One figure of one detector, of each run. */
export interface ComparedFigure {
  /** `novelty, corrected`. */
  readonly protocol: string;
  readonly detector: string;
  readonly figure: string;
  readonly values: readonly ComparedValue[];
  /** Of each run but the first; undefined where one of both lacks the figure. */
  readonly differences: readonly (Difference | undefined)[];
}

export interface Comparison {
  readonly runs: readonly { readonly folder: string; readonly seeds: readonly number[] }[];
  /** Data, versions and settings that are not the same in all runs: the value in each. */
  readonly settings: readonly { readonly name: string; readonly values: readonly (string | undefined)[] }[];
  readonly figures: readonly ComparedFigure[];
}

/** A run's `metrics.json` and `run.json`, as they are: they may be of another version, or a stranger's. */
interface ReadRun {
  readonly folder: string;
  readonly metrics: unknown;
  readonly record: unknown;
  readonly seeds: readonly number[];
}

/**
 * Compares the results of studies: figures, what they differ by, and settings that differ.
 *
 * @param folders of outputs, two or more
 * @throws {InputError} if one has no results of a study
 */
export async function compareRuns(folders: readonly string[]): Promise<Comparison> {
  if (folders.length < 2)
    throw new InputError(`compare needs two folders of runs or more, got ${folders.length}`);
  const runs: ReadRun[] = [];
  for (const folder of folders) runs.push(await readResults(folder, () => readRun(folder)));
  return {
    runs: runs.map(({ folder, seeds }) => ({ folder, seeds })),
    settings: differentSettings(runs),
    figures: comparedFigures(runs),
  };
}

async function readRun(folder: string): Promise<ReadRun> {
  const read = (name: string) =>
    readJsonFile(join(folder, name)).catch((error) => {
      if (!(error instanceof MissingFile)) throw error;
      throw new InputError(`${folder} is no folder of a run: it has no readable ${name}`);
    });
  const metrics = await read("metrics.json");
  if (at(metrics, ["schemaVersion"]) !== 1 || typeof at(metrics, ["protocols"]) !== "object")
    throw new InputError(`${join(folder, "metrics.json")} is not that of a run of this version`);
  const seeds = at(metrics, ["repeats", "seeds"]) ?? [at(metrics, ["seed"])];
  if (!Array.isArray(seeds) || !seeds.every(Number.isInteger))
    throw new InputError(`${join(folder, "metrics.json")} is damaged: its seeds are no integers`);
  return { folder, metrics, record: await read("run.json"), seeds };
}

function differentSettings(runs: readonly ReadRun[]): Comparison["settings"] {
  const all = runs.map(({ metrics, record, seeds }) => {
    const { backend, settings, versions, dataset, testDataset } = Object.fromEntries(
      ["backend", "settings", "versions", "dataset", "testDataset"].map((name) => [
        name,
        at(metrics, [name]) ?? at(record, [name]),
      ]),
    );
    return new Map(flattened({ dataset, testDataset, seeds, backend, versions, settings }));
  });
  const names = [...new Set(all.flatMap((own) => [...own.keys()]))];
  return names
    .map((name) => ({ name, values: all.map((own) => own.get(name)) }))
    .filter(({ values }) => values.some((value) => value !== values[0]));
}

/** Where detectors are, below `protocols`: by protocol and part. Without labels, shares that are flagged. */
function groupsOf({ metrics }: ReadRun): (readonly string[])[] {
  const keys = (path: readonly string[]) => Object.keys(at(metrics, path) ?? {});
  return [
    ...keys(["protocols", "novelty"]).map((part) => ["protocols", "novelty", part]),
    ["protocols", "mixed"],
    ...keys(["protocols", "literature"]).map((part) => ["protocols", "literature", part]),
    ...keys(["unlabelled", "flaggedShare"]).map((part) => ["unlabelled", "flaggedShare", part]),
  ];
}

function comparedFigures(runs: readonly ReadRun[]): ComparedFigure[] {
  const groups = new Map(runs.flatMap(groupsOf).map((path) => [path.join("\n"), path]));
  return [...groups.values()].flatMap((group) => {
    const detectors = new Set(runs.flatMap(({ metrics }) => Object.keys(at(metrics, group) ?? {})));
    const figures = group[0] === "unlabelled" ? [{ title: "share flagged", path: [] }] : figuresOfMerit;
    return [...detectors].flatMap((detector) =>
      figures.flatMap(({ title, path }): ComparedFigure[] => {
        const values = runs.map((run) => valueAt(run, [...group, detector, ...path]));
        if (values.every(({ value }) => value === undefined)) return [];
        const differences = runs.slice(1).map((_, i) => differenceOf(runs, values, i + 1));
        return [{ protocol: group.slice(1).join(", "), detector, figure: title, values, differences }];
      }),
    );
  });
}

function valueAt({ metrics }: ReadRun, path: readonly string[]): ComparedValue {
  const over = at(metrics, ["repeats", ...path]);
  const [mean, standardDeviation] = [at(over, ["mean"]), at(over, ["standardDeviation"])];
  if (typeof mean === "number" && typeof standardDeviation === "number")
    return { value: mean, standardDeviation };
  const value = at(metrics, path);
  return typeof value === "number" ? { value } : {};
}

/** Student's t below which 95 % of differences lie, by degrees of freedom from 1; of more than 10 that of 10, which is more. */
const studentT = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23];

function differenceOf(
  runs: readonly ReadRun[],
  values: readonly ComparedValue[],
  other: number,
): Difference | undefined {
  const [a, b] = [values[0], values[other]];
  if (a.value === undefined || b.value === undefined) return undefined;
  const difference = b.value - a.value;
  // A run of one seed is taken to vary as the other does.
  const [deviationA, deviationB] = [
    a.standardDeviation ?? b.standardDeviation,
    b.standardDeviation ?? a.standardDeviation,
  ];
  if (deviationA === undefined || deviationB === undefined) return { difference };
  const counts = [a, b].map(({ standardDeviation }, i) =>
    standardDeviation === undefined ? 1 : runs[i === 0 ? 0 : other].seeds.length,
  );
  const error = Math.sqrt(deviationA ** 2 / counts[0] + deviationB ** 2 / counts[1]);
  const freedom = Math.min(...counts.filter((count) => count > 1)) - 1;
  return { difference, noise: studentT[Math.min(freedom, studentT.length) - 1] * error };
}
