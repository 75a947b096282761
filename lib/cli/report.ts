import type { Metrics } from "../evaluation/metrics";
import type { Spread } from "../evaluation/spread";
import { detectorTitle } from "../models/detectors";
import type { RunResult } from "../study/run";

/** The closing words of a run: a short table of figures, and where everything is. */
export function runReport({ metrics, paths }: RunResult): string {
  const { dataset, testDataset, backend, seed, protocols, repeats } = metrics;
  const lines = [
    `${dataset.name}: ${count(dataset.rows)} rows (SHA-256 ${dataset.sha256.slice(0, 12)}…)`,
    ...(testDataset
      ? [`${testDataset.name}: ${count(testDataset.rows)} rows (SHA-256 ${testDataset.sha256.slice(0, 12)}…)`]
      : []),
    `Backend of the autoencoder: ${backend}; ${repeats ? `seeds ${repeats.seeds.join(", ")}, mean ± sd` : `seed ${seed}`}`,
  ];
  const spreadOf = (path: readonly string[]) => path.reduce<Spread | undefined>(child, repeats?.protocols);
  for (const [part, byDetector] of Object.entries(protocols.novelty)) {
    lines.push("", `Fit on 80 % of the normal rows, scored on ${part}`);
    lines.push(row("", ["ROC AUC", "deduplicated", "F1", "recall", "false alarms"], repeats !== undefined));
    for (const [name, figures] of Object.entries(byDetector)) {
      lines.push(
        row(detectorTitle(name), cells(figures, spreadOf(["novelty", part, name])), repeats !== undefined),
      );
    }
  }
  lines.push("", "Fit and scored on the same rows, isolation forest: ROC AUC");
  const naive: [string, Metrics, Spread | undefined][] = [
    ["everything (mixed)", protocols.mixed["isolation-forest"], spreadOf(["mixed", "isolation-forest"])],
    ...Object.entries(protocols.literature ?? {}).map(
      ([subset, by]): [string, Metrics, Spread | undefined] => [
        subset,
        by["isolation-forest"],
        spreadOf(["literature", subset, "isolation-forest"]),
      ],
    ),
  ];
  for (const [name, { rocAuc }, over] of naive)
    lines.push(row(name, [cell(rocAuc, child(over, "rocAuc"))], repeats !== undefined));
  lines.push("", "Written:", ...paths.map((path) => `  ${path}`));
  return lines.join("\n");
}

function cells(figures: Metrics, over: Spread | undefined): string[] {
  return [
    cell(figures.rocAuc, child(over, "rocAuc")),
    cell(figures.deduplicated?.rocAuc, child(child(over, "deduplicated"), "rocAuc")),
    cell(figures.f1, child(over, "f1")),
    cell(figures.recall, child(over, "recall")),
    cell(figures.falseAlarmRate, child(over, "falseAlarmRate")),
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

function count(value: number): string {
  return value.toLocaleString("en-US");
}
