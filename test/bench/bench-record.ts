// The record of `npm run bench`, outputs/bench.json, and the comparisons in it.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { max, median, min } from "simple-statistics";
import type { Finding } from "./javascript-peers";
import type { Goal, Side, Work } from "./works";

/** Median, least and greatest of the runs, or of the ratios of runs that alternated. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface SideRecord {
  readonly side: string;
  readonly seconds: Spread;
  readonly peakMegabytes: number;
  /** What the sides agreed in, and what else is worth knowing. */
  readonly figures: Readonly<Record<string, number>>;
}

/** One of our sides beside one peer. */
export interface Comparison {
  readonly side: string;
  readonly peer: string;
  /** The peer's seconds divided by the side's, run by run: how many times as fast the side is. */
  readonly faster: Spread;
  /** The peer's peak memory divided by the side's. */
  readonly smaller: number;
  readonly goal?: { readonly faster: number; readonly smaller?: number; readonly met: boolean };
}

export interface Measurement {
  readonly work: string;
  readonly title: string;
  readonly threads: number;
  readonly sides: readonly SideRecord[];
  readonly comparisons: readonly Comparison[];
  readonly remark?: string;
}

/** `outputs/bench.json`. */
export interface BenchRecord {
  readonly date: string;
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly memoryGigabytes: number;
    readonly platform: string;
  };
  /** Of Node.js, this library with its commit, Python, and each peer. */
  readonly versions: Readonly<Record<string, string>>;
  /** What could not be measured, in sentences. */
  readonly missing: readonly string[];
  /** Alternating runs of each work. */
  readonly runs: number;
  /** Whether processes were bound to as many processors as they may use threads; else they were only told. */
  readonly bound: boolean;
  readonly measurements: readonly Measurement[];
  /** What experiments showed about the isolation forests of npm. */
  readonly javascriptPeers: Readonly<Record<string, readonly Finding[]>>;
}

export const recordFile = join(__dirname, "..", "..", "outputs", "bench.json");

export function readRecord(): BenchRecord {
  return JSON.parse(readFileSync(recordFile, "utf8"));
}

export function writeRecord(record: BenchRecord): void {
  const rounded = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
  writeFileSync(recordFile, `${JSON.stringify(record, rounded, 2)}\n`);
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: median([...values]), min: min([...values]), max: max([...values]) };
}

/** Compares each of our sides with each peer, run by run. */
export function compare(
  { goals }: Pick<Work, "goals">,
  threads: number,
  measured: ReadonlyMap<
    Side,
    { readonly seconds: readonly number[]; readonly peakMegabytes: readonly number[] }
  >,
): Comparison[] {
  const isOurs = ([side]: readonly [Side, unknown]) => side.needs.length === 0;
  const entries = [...measured];
  return entries.filter(isOurs).flatMap(([side, own]) =>
    entries
      .filter((entry) => !isOurs(entry))
      .map(([peer, other]) => {
        const faster = spreadOf(other.seconds.map((seconds, run) => seconds / own.seconds[run]));
        const smaller = median([...other.peakMegabytes]) / median([...own.peakMegabytes]);
        const goal = goals.find(
          (goal) => goal.side === side && goal.peer === peer && (goal.threads ?? threads) === threads,
        );
        return {
          side: side.name,
          peer: peer.name,
          faster,
          smaller,
          ...(goal && { goal: judged(goal, faster.median, smaller) }),
        };
      }),
  );
}

function judged(goal: Goal, faster: number, smaller: number): Comparison["goal"] {
  const met = faster >= goal.faster && smaller >= (goal.smaller ?? 0);
  return { faster: goal.faster, ...(goal.smaller && { smaller: goal.smaller }), met };
}
