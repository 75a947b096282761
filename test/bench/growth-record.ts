// The record of `npm run growth`: outputs/bench/growth.json.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { linearRegression } from "simple-statistics";

/** What is measured at every size, and what it is called in words. */
export const streamingWork = {
  "log-to-alerts": "score a conn.log, both detectors",
  "window-features": "window features of a conn.log",
  "kdd-isolation-forest": "check and score a KDD'99 file, isolation forest",
  "kdd-autoencoder": "check and score a KDD'99 file, autoencoder",
} as const;

export type StreamingWork = keyof typeof streamingWork;

/** Rows of each measurement. */
export const defaultSizes: readonly number[] = [100_000, 1_000_000, 10_000_000];

/** Rows of KDD'99's full training set. */
export const fullRows = 4_898_431;

/** What the study of this many rows may take. */
export const memoryLimitBytes = 2e9;

/** One piece of work in a process of its own. */
export interface Measurement {
  readonly rows: number;
  readonly seconds: number;
  /** The most memory that the process held at any time (its maximum resident set). */
  readonly peakMemoryBytes: number;
}

/** How time and memory grow with the rows, from 1 million rows on, where starting no longer counts. */
export interface Growth {
  /** b of seconds = a · rows^b, by least squares of the logarithms: 1 is linear. */
  readonly timeExponent: number;
  /** 1 / m of seconds = m · rows + c, by least squares. */
  readonly rowsPerSecond: number;
  /** Peak memory at the most rows / that at the fewest: 1 is flat. */
  readonly memoryRatio: number;
}

export interface GrowthRecord {
  readonly date: string;
  /** The version of the code, as `git describe --always --dirty` names it. */
  readonly commit: string;
  readonly machine: { readonly processor: string; readonly threads: number; readonly memoryBytes: number };
  readonly versions: Readonly<Record<string, string>>;
  readonly backend: string;
  readonly streaming: readonly (Growth & {
    readonly work: StreamingWork;
    readonly title: string;
    readonly measurements: readonly Measurement[];
  })[];
  /** The whole study, and after it the literature's subsets, of a file as long as KDD'99's full training set. */
  readonly study: Measurement & { readonly memoryLimitBytes: number };
}

export const growthFile = join(__dirname, "..", "..", "outputs", "bench", "growth.json");

export function readGrowth(): GrowthRecord {
  return JSON.parse(readFileSync(growthFile, "utf8"));
}

export function writeGrowth(record: GrowthRecord): void {
  writeFileSync(growthFile, `${JSON.stringify(record, null, 2)}\n`);
}

/** The growth that measurements show. @throws {RangeError} unless two are of 1 million rows or more */
export function growthOf(measurements: readonly Measurement[]): Growth {
  const large = measurements.filter(({ rows }) => rows >= 1_000_000).sort((a, b) => a.rows - b.rows);
  if (large.length < 2) throw new RangeError("growth needs two sizes of 1 million rows or more");
  const slope = (points: number[][]) => linearRegression(points).m;
  return {
    timeExponent: rounded(slope(large.map(({ rows, seconds }) => [Math.log(rows), Math.log(seconds)]))),
    rowsPerSecond: Math.round(1 / slope(large.map(({ rows, seconds }) => [rows, seconds]))),
    memoryRatio: rounded(large[large.length - 1].peakMemoryBytes / large[0].peakMemoryBytes),
  };
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}
