import { formatRows, formatScore, formatShare } from "../common/format";
import { literatureSubsets, publishedRocAuc } from "../data/kdd/literature";
import { at, type FigureOfMerit, figureText, figureTexts } from "../evaluation/figures-of-merit";
import { flagsNothing } from "../evaluation/metrics";
import { oneClassProtocols, publishedF1 } from "../evaluation/one-class-protocols";
import type { Spread } from "../evaluation/spread";
import { detectorTitle } from "../models/detectors";
import { isolationForest } from "../models/isolation-forest/detector";
import { reasonText } from "../models/reasons";
import { type AnomalousRow, firstOfEachKind } from "../study/most-anomalous";
import type { RunMetrics, RunResult } from "../study/results";
import type { runOneClass } from "../study/run-one-class";
import type { UnlabelledFindings } from "../study/unlabelled";

/** The closing words of a run: a short table of figures, and where everything is. */
export function runReport({ metrics, paths }: RunResult): string {
  const { unlabelled } = metrics;
  const found = unlabelled ? findingLines(unlabelled) : figureLines(metrics);
  return [...headLines(metrics), "", ...found, "", "Written:", ...paths.map((path) => `  ${path}`)].join(
    "\n",
  );
}

/** What was studied, and with what. */
function headLines({ dataset, testDataset, backend, seed, repeats }: RunMetrics): string[] {
  return [
    `${dataset.name}: ${formatRows(dataset.rows)} (SHA-256 ${dataset.sha256.slice(0, 12)}…)`,
    ...(testDataset
      ? [`${testDataset.name}: ${formatRows(testDataset.rows)} (SHA-256 ${testDataset.sha256.slice(0, 12)}…)`]
      : []),
    `Backend of the autoencoder: ${backend}; ${repeats ? `seeds ${repeats.seeds.join(", ")}, mean ± sd` : `seed ${seed}`}`,
  ];
}

/** Figures of each detector that a run prints. */
const printed: readonly FigureOfMerit[] = [
  { title: "ROC AUC", path: ["rocAuc"] },
  { title: "deduplicated", path: ["deduplicated", "rocAuc"] },
  { title: "F1", path: ["f1"], ofVerdicts: true },
  { title: "recall", path: ["recall"], ofVerdicts: true },
  { title: "false alarms", path: ["falseAlarmRate"], ofVerdicts: true },
];

/** The figures of every protocol. */
function figureLines({ dataset, protocols, repeats }: RunMetrics): string[] {
  const over = repeats?.protocols;
  const several = over !== undefined;
  const lines: string[] = [];
  for (const [part, byDetector] of Object.entries(protocols.novelty)) {
    const scoredOn = part === "holdout" ? "the other 20 % and all that are not normal (holdout)" : part;
    lines.push(`Fit on 80 % of the normal rows, scored on ${scoredOn}`);
    lines.push(row("", titles(printed), several));
    for (const [name, figures] of Object.entries(byDetector)) {
      const cells = figureTexts(printed, figures, at(over, ["novelty", part, name]));
      lines.push(row(detectorTitle(name), cells, several));
    }
    for (const [name, figures] of Object.entries(byDetector))
      if (flagsNothing(figures))
        lines.push(
          `  ${detectorTitle(name)} flags no row: more normal rows than the budget share its highest score`,
        );
    lines.push("");
  }
  lines.push("Fit and scored on the same rows, isolation forest: ROC AUC");
  const published: Readonly<Record<string, number>> = dataset.name === "full" ? publishedRocAuc : {};
  const naive = [
    { name: "everything (mixed)", path: ["mixed"] },
    ...literatureSubsets.map((name) => ({ name, path: ["literature", name] })),
  ];
  for (const { name, path } of naive) {
    const paper = name in published ? `   Liu et al. 2008: ${published[name].toFixed(2)}` : "";
    for (const kind of Object.keys(at(protocols, path) ?? {}))
      lines.push(row(name, [figureText(protocols, over, [...path, kind, "rocAuc"])], several) + paper);
  }
  return [...lines, ...deepLines(protocols, over)];
}

/** The isolation forest by the protocols of deep papers, where it was measured, beside what these report. */
function deepLines(protocols: RunMetrics["protocols"], over: Spread | undefined): string[] {
  const rows = oneClassProtocols.flatMap((protocol) => {
    const path = ["literature", protocol, isolationForest.kind];
    if (!at(protocols, path)) return [];
    const papers = Object.entries(publishedF1[protocol]).map(([paper, f1]) => `${paper} ${f1.toFixed(3)}`);
    const f1 = figureText(protocols, over, [...path, "f1"]);
    return [`${row(protocol, [f1], over !== undefined)}   ${papers.join(", ")}`];
  });
  return rows.length === 0
    ? []
    : [
        "",
        "Fit on half of the class taken for normal, isolation forest: F1, and what papers report",
        ...rows,
      ];
}

/** Rows of a file that are shown with their reasons. */
const shownRows = 5;

/** What can be said without labels. */
function findingLines({ flaggedShare, mostAnomalous }: UnlabelledFindings): string[] {
  const files = [...new Set(mostAnomalous.map(({ dataset }) => dataset))];
  return [
    "No labels, so no figures of merit. Fit on 80 % of the rows, thresholds from the other 20 %. Share of the rows flagged:",
    ...Object.entries(flaggedShare).flatMap(([part, by]) => [
      `  ${part === "holdout" ? "those 20 %" : part}: ${Object.entries(by)
        .map(([name, share]) => `${detectorTitle(name)} ${formatShare(share)}`)
        .join(", ")}`,
    ]),
    ...files.flatMap((file) => [
      "",
      `The most anomalous rows of ${file}, by both models together (metrics.json has more):`,
      ...anomalousLines(mostAnomalous.filter(({ dataset }) => dataset === file)),
    ]),
  ];
}

/** The first of the rows that stand out, and why; of rows that are alike only the first. */
export function anomalousLines(rows: readonly AnomalousRow[]): string[] {
  return firstOfEachKind(rows)
    .slice(0, shownRows)
    .map(({ row, score, reasons, alike }) => {
      const more = alike > 0 ? ` (and ${alike} like it)` : "";
      return `  row ${row}${more}, score ${formatScore(score)}: ${reasonText(reasons)}`;
    });
}

/** Figures of each detector that a protocol of deep papers prints. */
const printedOfOneClass: readonly FigureOfMerit[] = [
  { title: "F1", path: ["f1"] },
  { title: "precision", path: ["precision"] },
  { title: "recall", path: ["recall"] },
  { title: "ROC AUC", path: ["rocAuc"] },
];

/** The closing words of a protocol of deep papers: every detector's figures, and what papers report. */
export function oneClassReport({ result, paths }: Awaited<ReturnType<typeof runOneClass>>): string {
  const { dataset, protocol, seeds, studies, spread, published } = result;
  const several = spread !== undefined;
  const lines = [
    `${dataset.name}: ${formatRows(dataset.rows)} (SHA-256 ${dataset.sha256.slice(0, 12)}…)`,
    `${protocol}: ${several ? `seeds ${seeds.join(", ")}, mean ± sd` : `seed ${seeds[0]}`}; the threshold flags as many rows as are anomalies`,
    "",
    row("", titles(printedOfOneClass), several),
  ];
  for (const [name, figures] of Object.entries(studies[0])) {
    const cells = figureTexts(printedOfOneClass, figures, at(spread, [name]));
    lines.push(row(detectorTitle(name), cells, several));
  }
  lines.push("", "F1 that papers report:");
  for (const [paper, f1] of Object.entries(published)) lines.push(`  ${paper.padEnd(30)} ${f1.toFixed(4)}`);
  lines.push("", "Written:", ...paths.map((path) => `  ${path}`));
  return lines.join("\n");
}

function titles(figures: readonly FigureOfMerit[]): string[] {
  return figures.map(({ title }) => title);
}

function row(name: string, values: readonly string[], wide: boolean): string {
  return `  ${name.padEnd(22)}${values.map((value) => value.padStart(wide ? 17 : 14)).join("")}`;
}
