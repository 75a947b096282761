import type { MetricsByDetector } from "../evaluation/protocols";
import type { Spread } from "../evaluation/spread";
import type { Backend } from "../models/tensorflow";
import type { RunFacts } from "../visualize/report/run-table";
import type { UnlabelledFindings } from "./unlabelled";

/** The figures of one study, by protocol and detector; none without labels. */
export interface ProtocolMetrics {
  readonly mixed: MetricsByDetector;
  /** `holdout`, and the test set by its name. */
  readonly novelty: Readonly<Record<string, MetricsByDetector>>;
  readonly literature?: Readonly<Record<string, MetricsByDetector>>;
}

/** `outputs/metrics.json`. */
export interface RunMetrics {
  readonly schemaVersion: 1;
  readonly seed: number;
  readonly backend: Backend;
  readonly dataset: { readonly name: string; readonly sha256: string; readonly rows: number };
  readonly testDataset?: { readonly name: string; readonly sha256: string; readonly rows: number };
  readonly protocols: ProtocolMetrics;
  /** What a study can tell where rows have no labels. */
  readonly unlabelled?: UnlabelledFindings;
  /** Mean and standard deviation of every figure over the seeds, where there are several. */
  readonly repeats?: { readonly seeds: readonly number[]; readonly protocols: Spread };
  /** Seconds, by stage. */
  readonly timings: Readonly<Record<string, number>>;
}

/** `outputs/run.json`. */
export interface RunRecord extends RunFacts {
  readonly started: string;
  readonly seconds: number;
  readonly seed: number;
  readonly seeds: readonly number[];
  readonly backend: Backend;
  readonly versions: Readonly<Record<string, string>>;
  readonly peakMemoryMegabytes: number;
  /** Seconds, by stage. */
  readonly timings: Readonly<Record<string, number>>;
}

/** What a run found and where it put it. */
export interface RunResult {
  readonly metrics: RunMetrics;
  /** Paths of models and outputs. */
  readonly paths: readonly string[];
}
