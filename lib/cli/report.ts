import type { Metrics } from "../evaluation/metrics";
import type { Spread } from "../evaluation/spread";
import { detectorTitle } from "../models/detectors";
import type { RunResult } from "../study/run";
import { formatRows } from "../visualize/format";

/** The closing words of a run: a short table of figures, and where everything is. */
export function runReport({ metrics, paths }: RunResult): string {
  const { dataset, testDataset, backend, seed, protocols, repeats } = metrics;
  const wide = repeats !== undefined;
  const spreadOf = (...path: string[]) => path.reduce<Spread | undefined>(child, repeats?.protocols);
  const sources = [dataset, ...(testDataset ? [testDataset] : [])];
  return [
    ...sources.map(
      ({ name, rows, sha256 }) => `${name}: ${formatRows(rows)} (SHA-256 ${sha256.slice(0, 12)}…)`,
    ),
    `Backend of the autoencoder: ${backend}; ${repeats ? `seeds ${repeats.seeds.join(", ")}, mean ± sd` : `seed ${seed}`}`,
    ...Object.entries(protocols.novelty).flatMap(([part, byDetector]) => [
      "",
      `Fit on 80 % of the normal rows, scored on ${part}`,
      row("", ["ROC AUC", "deduplicated", "F1", "recall", "false alarms"], wide),
      ...Object.entries(byDetector).map(([name, figures]) =>
        row(detectorTitle(name), cells(figures, spreadOf("novelty", part, name)), wide),
      ),
      ...Object.entries(byDetector).flatMap(([name, figures]) =>
        flagsNothing(figures)
          ? [
              `  ${detectorTitle(name)} flags no row: more normal rows than the budget share its highest score`,
            ]
          : [],
      ),
    ]),
    "",
    "Fit and scored on the same rows, isolation forest: ROC AUC",
    ...[
      { name: "everything (mixed)", by: protocols.mixed, over: spreadOf("mixed") },
      ...Object.entries(protocols.literature ?? {}).map(([subset, by]) => {
        return { name: subset, by, over: spreadOf("literature", subset) };
      }),
    ].flatMap(({ name, by, over }) =>
      Object.entries(by).map(([kind, { rocAuc }]) =>
        row(name, [cell(rocAuc, child(child(over, kind), "rocAuc"))], wide),
      ),
    ),
    "",
    "Written:",
    ...paths.map((path) => `  ${path}`),
  ].join("\n");
}

/** Whether no score is above the threshold, which is the highest of held-out normal rows that are too many. */
function flagsNothing({ confusion }: Metrics): boolean {
  return confusion?.truePositive === 0 && confusion.falsePositive === 0;
}

function cells(figures: Metrics, over: Spread | undefined): string[] {
  const { rocAuc, deduplicated, f1, recall, falseAlarmRate } = figures;
  return [
    cell(rocAuc, child(over, "rocAuc")),
    cell(deduplicated?.rocAuc, child(child(over, "deduplicated"), "rocAuc")),
    ...(flagsNothing(figures)
      ? ["–", "–", "–"]
      : [
          cell(f1, child(over, "f1")),
          cell(recall, child(over, "recall")),
          cell(falseAlarmRate, child(over, "falseAlarmRate")),
        ]),
  ];
}

function cell(value: number | undefined, over: Spread | undefined): string {
  if (over && "mean" in over && typeof over.mean === "number") {
    return `${over.mean.toFixed(4)} ± ${(over.standardDeviation as number).toFixed(4)}`;
  }
  return value === undefined ? "–" : value.toFixed(4);
}

function child(spread: Spread | undefined, name: string): Spread | undefined {
  return (spread as Record<string, Spread> | undefined)?.[name];
}

function row(name: string, values: readonly string[], wide: boolean): string {
  return `  ${name.padEnd(22)}${values.map((value) => value.padStart(wide ? 17 : 14)).join("")}`;
}
