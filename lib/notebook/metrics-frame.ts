import { mean, sampleStandardDeviation } from "simple-statistics";
import { type AtReportedRates, flagsNothing, type Metrics, type VerdictRates } from "../evaluation/metrics";
import type { MetricsByDetector } from "../evaluation/protocols";
import type { Frame } from "./frame";

/** Figures that say what verdicts are worth; all are named as in `metrics.json`. */
const ofVerdicts = ["precision", "recall", "f1", "falseAlarmRate", "recallNovelAttacks"] as const;

/** The columns that a frame of metrics has unless told otherwise. */
const columns = ["rocAuc", "deduplicated.rocAuc", "averagePrecision", ...ofVerdicts] as const;

/** `deduplicated.f1`, and what verdicts are worth at a promised or true false-alarm rate: `atTrueRate.0.01.recall`. */
type VerdictColumn =
  `${"deduplicated" | `${"atPromisedRate" | "atTrueRate"}.${keyof AtReportedRates<number>}`}.${keyof VerdictRates}`;

export type MetricsColumn = (typeof columns)[number] | VerdictColumn;

/** The figure of a column; `nothing flagged` in place of what verdicts are worth that flag no row. */
function figureOf(metrics: Metrics, name: MetricsColumn): number | typeof nothingFlagged | undefined {
  const places = name.match(/[a-z]\w*|\d[\d.]*\d/gi) ?? []; // such as atTrueRate, 0.01, recall
  const figure = places.pop() as keyof VerdictRates;
  const figures = places.reduce(
    (found, place) => found && Reflect.get(found, place),
    metrics as Metrics | undefined,
  );
  return figures && ofVerdicts.includes(figure) && flagsNothing(figures) ? nothingFlagged : figures?.[figure];
}

const nothingFlagged = "nothing flagged";

/**
 * Figures of several detectors in several settings as a frame for `show`, a row each, called `setting / detector`; with
 * four decimals, and a dash where there is none; `nothing flagged` where verdicts flag no row.
 *
 * @param settings for each setting, what a protocol gave; or what it gave with several seeds, of which mean ± sample
 * standard deviation are shown
 * @param wanted which columns. Default: all that some row has, but for those of {@link VerdictColumn}.
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
    wanted ?? columns.filter((name) => rows.some(({ metrics }) => figureOf(metrics[0], name) !== undefined));
  return {
    columns: shown,
    index: rows.map(({ name }) => name),
    values: rows.map(({ metrics }) =>
      shown.map((name) => format(metrics.map((figures) => figureOf(figures, name)))),
    ),
  };
}

function format(values: readonly ReturnType<typeof figureOf>[]): string {
  if (values.every((value) => value === nothingFlagged)) return nothingFlagged;
  // Among studies of which some flag rows, one that flags none has found nothing.
  const known = values
    .map((value) => (value === nothingFlagged ? 0 : value))
    .filter((value) => value !== undefined);
  if (known.length === 0 || known.length < values.length) return "–";
  const centre = mean(known).toFixed(4);
  return known.length === 1 ? centre : `${centre} ± ${sampleStandardDeviation(known).toFixed(4)}`;
}
