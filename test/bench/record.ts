// The record of `npm run reproduce`: reproduce.json, which the notebooks and the README are checked against.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mean, sampleStandardDeviation } from "simple-statistics";
import type { Metrics, MetricsByDetector } from "traffic-anomaly";
import { reportedRates } from "traffic-anomaly/dist/evaluation/metrics";

/** What is expected of a figure: a mean of at least `min` and at most a standard deviation, or a mean of `value` ± `tolerance`. */
export type Expected =
  | { readonly min: number; readonly deviation?: number }
  | { readonly value: number; readonly tolerance: number };

/** One value a seed, in the order of {@link ReproductionRecord.seeds}, of which some protocols have only the first. */
export interface RecordedFigure {
  readonly values: readonly number[];
  readonly mean: number;
  /** Of a sample: divided by the number of seeds less one. */
  readonly standardDeviation: number;
}

/** Figures by the path `protocol / part / detector / metric`, such as `novelty / corrected / autoencoder / rocAuc`. */
export type RecordedProtocols = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, RecordedFigure>>>>>>>
>;

/** All that depends on data, seeds and backend, and nothing else: a second run writes the same bytes. */
export interface ReproductionRecord {
  readonly seeds: readonly number[];
  readonly backend: string;
  /** SHA-256 of the uncompressed files. */
  readonly datasets: Readonly<Record<string, { readonly contentSha256: string; readonly rows: number }>>;
  /** The figures that this project promises. */
  readonly figures: readonly (RecordedFigure & { readonly name: string; readonly expected: Expected })[];
  readonly protocols: RecordedProtocols;
}

export const recordFile = join(__dirname, "reproduce.json");

export function readRecord(): ReproductionRecord {
  return JSON.parse(readFileSync(recordFile, "utf8"));
}

/** Writes the record with the values of a figure on one line. */
export function writeRecord(record: ReproductionRecord): void {
  const text = JSON.stringify(record, null, 2).replace(/\[\n\s+(-?\d[^\]]*?)\s+\]/g, (_, values: string) => {
    return `[${values.replace(/\s*\n\s*/g, " ")}]`;
  });
  writeFileSync(recordFile, `${text}\n`);
}

/** Prints promised figures, expected beside actual, and fails if one is missed. */
export function printFigures(figures: ReproductionRecord["figures"]): void {
  const width = Math.max(...figures.map(({ name }) => name.length)) + 2;
  console.log(`${"figure".padEnd(width)}${"expected".padStart(20)}  actual (± sd)`);
  for (const { name, expected, mean, standardDeviation } of figures) {
    const met =
      "min" in expected
        ? mean >= expected.min && standardDeviation <= (expected.deviation ?? Infinity)
        : Math.abs(mean - expected.value) <= expected.tolerance;
    const wanted =
      "min" in expected
        ? `≥ ${expected.min}${expected.deviation === undefined ? "" : `, sd ≤ ${expected.deviation}`}`
        : `${expected.value} ± ${expected.tolerance}`;
    console.log(
      `${name.padEnd(width)}${wanted.padStart(20)}  ${mean.toFixed(4)} ± ${standardDeviation.toFixed(4)}  ${met ? "met" : "MISSED"}`,
    );
    if (!met) process.exitCode = 1;
  }
}

/** Rounds to eight decimals. @throws {RangeError} if a value is missing */
export function recordedFigure(values: readonly (number | undefined)[]): RecordedFigure {
  const known = values.filter((value) => value !== undefined);
  if (known.length < values.length) throw new RangeError("a study lacks a figure that others have");
  const round = (value: number) => Number(value.toFixed(8));
  return {
    values: known.map(round),
    mean: round(mean(known)),
    standardDeviation: round(sampleStandardDeviation(known)),
  };
}

/** The metrics that are recorded, each a number; confusion matrices and recall by attack are left out. */
const recorded: Readonly<Record<string, (metrics: Metrics) => number | undefined>> = {
  rocAuc: (metrics) => metrics.rocAuc,
  "deduplicated.rocAuc": (metrics) => metrics.deduplicated?.rocAuc,
  averagePrecision: (metrics) => metrics.averagePrecision,
  f1: (metrics) => metrics.f1,
  precision: (metrics) => metrics.precision,
  recall: (metrics) => metrics.recall,
  falseAlarmRate: (metrics) => metrics.falseAlarmRate,
  recallNovelAttacks: (metrics) => metrics.recallNovelAttacks,
  "deduplicated.f1": (metrics) => metrics.deduplicated?.f1,
  ...verdictsAtRates("atPromisedRate"),
  ...verdictsAtRates("atTrueRate"),
};

/** `atTrueRate.0.01.recall`, … */
function verdictsAtRates(where: "atPromisedRate" | "atTrueRate") {
  return Object.fromEntries(
    reportedRates.flatMap((rate) =>
      (["f1", "precision", "recall"] as const).map((figure) => [
        `${where}.${rate}.${figure}`,
        (metrics: Metrics) => metrics[where]?.[`${rate}`][figure],
      ]),
    ),
  );
}

/** The figures of one part of a protocol over several studies, by detector and metric. */
export function recordedMetrics(
  studies: readonly MetricsByDetector[],
): Record<string, Record<string, RecordedFigure>> {
  return Object.fromEntries(
    Object.keys(studies[0]).map((detector) => [
      detector,
      Object.fromEntries(
        Object.entries(recorded)
          .filter(([, of]) => of(studies[0][detector]) !== undefined)
          .map(([metric, of]) => [metric, recordedFigure(studies.map((study) => of(study[detector])))]),
      ),
    ]),
  );
}
