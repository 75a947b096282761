import { mean, sampleStandardDeviation } from "simple-statistics";
import type { Metrics } from "../evaluation/metrics";
import type { MetricsByDetector } from "../evaluation/protocols";
import type { Frame } from "./frame";

/** The figures that a frame of metrics can have as columns, named as in `metrics.json`. */
const columns = {
  rocAuc: (metrics) => metrics.rocAuc,
  "deduplicated.rocAuc": (metrics) => metrics.deduplicated?.rocAuc,
  averagePrecision: (metrics) => metrics.averagePrecision,
  precision: (metrics) => metrics.precision,
  recall: (metrics) => metrics.recall,
  f1: (metrics) => metrics.f1,
  falseAlarmRate: (metrics) => metrics.falseAlarmRate,
  recallNovelAttacks: (metrics) => metrics.recallNovelAttacks,
} as const satisfies Record<string, (metrics: Metrics) => number | undefined>;

export type MetricsColumn = keyof typeof columns;

/**
 * Figures of several detectors in several settings as a frame for `show`, a row each, called `setting / detector`; with
 * four decimals, and a dash where there is none.
 *
 * @param settings for each setting, what a protocol gave; or what it gave with several seeds, of which mean ± sample
 * standard deviation are shown
 * @param wanted which columns. Default: all that some row has.
 * @example
 * await show(metricsFrame({ "mixed / 10-percent": await mixedProtocol(train) }, ["rocAuc"]));
 */
export function metricsFrame(
  settings: Readonly<Record<string, MetricsByDetector | readonly MetricsByDetector[]>>,
  wanted?: readonly MetricsColumn[],
): Frame {
  const rows = Object.entries(settings).flatMap(([setting, studies]) => {
    const all: readonly MetricsByDetector[] = Array.isArray(studies) ? studies : [studies];
    return Object.keys(all[0]).map((detector) => ({
      name: `${setting} / ${detector}`,
      metrics: all.map((study) => study[detector]),
    }));
  });
  const shown =
    wanted ??
    (Object.keys(columns) as MetricsColumn[]).filter((name) =>
      rows.some(({ metrics }) => columns[name](metrics[0]) !== undefined),
    );
  return {
    columns: shown,
    index: rows.map(({ name }) => name),
    values: rows.map(({ metrics }) => shown.map((name) => format(metrics.map(columns[name])))),
  };
}

function format(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0 || known.length < values.length) return "–";
  const centre = mean(known).toFixed(4);
  return known.length === 1 ? centre : `${centre} ± ${sampleStandardDeviation(known).toFixed(4)}`;
}
