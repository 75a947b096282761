import { formatCount, formatScore } from "../common/format";
import { publishedRocAuc } from "../data/kdd/literature";
import { at, figuresOfMerit, figureText, figureTexts } from "../evaluation/figures-of-merit";
import { publishedF1 } from "../evaluation/one-class-protocols";
import type { MetricsByDetector } from "../evaluation/protocols";
import { modelTitle } from "../visualize/palette";
import type { TableBlock } from "../visualize/report/report";
import type { RunMetrics } from "./results";

/** Every figure of each detector on one part. */
export function figuresTable(title: string, byDetector: MetricsByDetector, over: unknown): TableBlock {
  return {
    kind: "table",
    title,
    columns: ["Detector", ...figuresOfMerit.map(({ title }) => title)],
    rows: Object.entries(byDetector).map(([name, metrics]) => [
      modelTitle(name),
      ...figureTexts(figuresOfMerit, metrics, at(over, [name])),
    ]),
  };
}

/** The verdicts of each detector, counted. @param many what anomalous rows are called */
export function confusionTable(title: string, byDetector: MetricsByDetector, many: string): TableBlock {
  return {
    kind: "table",
    title,
    columns: [
      "Detector",
      "threshold",
      `${many} flagged`,
      `${many} passed`,
      "normal flagged",
      "normal passed",
    ],
    rows: Object.entries(byDetector).flatMap(([name, { confusion, threshold }]) => {
      if (!confusion || threshold === undefined) return [];
      const { truePositive, falseNegative, falsePositive, trueNegative } = confusion;
      const counts = [truePositive, falseNegative, falsePositive, trueNegative].map(formatCount);
      return [[modelTitle(name), formatScore(threshold), ...counts]];
    }),
  };
}

/** The protocols that fit and score the same rows, and those of deep papers, beside what papers report. */
export function otherProtocolsTable({ dataset, protocols, repeats }: RunMetrics): TableBlock {
  const rocOfPaper: Readonly<Record<string, number>> = dataset.name === "full" ? publishedRocAuc : {};
  const line = (protocol: string, title: string, path: readonly string[]) => {
    const roc = at(rocOfPaper, [protocol]) as number | undefined;
    const f1 = (at(publishedF1, [protocol]) ?? {}) as Readonly<Record<string, number>>;
    const papers = [
      ...(roc === undefined ? [] : [`Liu et al. 2008: ROC AUC ${roc.toFixed(2)}`]),
      ...Object.entries(f1).map(([paper, value]) => `${paper}: F1 ${value.toFixed(3)}`),
    ];
    const figures = ["rocAuc", "averagePrecision", "f1"].map((name) =>
      figureText(protocols, repeats?.protocols, [...path, name]),
    );
    return [title, ...figures, papers.join("; ") || "–"];
  };
  const rows = [
    ...Object.keys(protocols.mixed).map((kind) =>
      line("mixed", `mixed: everything, ${modelTitle(kind)}`, ["mixed", kind]),
    ),
    ...Object.entries(protocols.literature ?? {}).flatMap(([protocol, by]) =>
      Object.keys(by).map((kind) =>
        line(protocol, `${protocol}, ${modelTitle(kind)}`, ["literature", protocol, kind]),
      ),
    ),
  ];
  return {
    kind: "table",
    title: "Other protocols: fitted and scored on the same rows, or as papers on deep detectors do",
    columns: ["Protocol", "ROC AUC", "average precision", "F1", "papers report"],
    rows,
  };
}
