import { formatCount, formatScore } from "../common/format";
import { publishedRocAuc } from "../data/kdd/literature";
import { flagsNothing, type Metrics } from "../evaluation/metrics";
import { publishedF1 } from "../evaluation/one-class-protocols";
import type { MetricsByDetector } from "../evaluation/protocols";
import type { Spread } from "../evaluation/spread";
import { modelTitle } from "../visualize/palette";
import type { TableBlock } from "../visualize/report/report";
import type { RunMetrics } from "./results";

/** A figure of merit, and where it is in a detector's metrics. */
export interface FigureOfMerit {
  readonly title: string;
  readonly path: readonly string[];
  /** Whether it is about verdicts, so that a detector that flags nothing has none. */
  readonly ofVerdicts?: boolean;
  /** Whether less of it is better. */
  readonly isCost?: boolean;
}

/** What reports and comparisons tell of each detector. */
export const figuresOfMerit: readonly FigureOfMerit[] = [
  { title: "ROC AUC", path: ["rocAuc"] },
  { title: "ROC AUC, deduplicated", path: ["deduplicated", "rocAuc"] },
  { title: "average precision", path: ["averagePrecision"] },
  { title: "F1", path: ["f1"], ofVerdicts: true },
  { title: "precision", path: ["precision"], ofVerdicts: true },
  { title: "recall", path: ["recall"], ofVerdicts: true },
  { title: "false alarms", path: ["falseAlarmRate"], ofVerdicts: true, isCost: true },
  { title: "recall at true 5 %", path: ["atTrueRate", "0.05", "recall"] },
  { title: "recall at true 1 %", path: ["atTrueRate", "0.01", "recall"] },
  { title: "recall at true 0.1 %", path: ["atTrueRate", "0.001", "recall"] },
];

/** What stands at a path in a tree of figures. */
export function at(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (node, name) =>
      typeof node === "object" && node !== null && Object.hasOwn(node, name)
        ? (node as Record<string, unknown>)[name]
        : undefined,
    tree,
  );
}

/** Every figure of each detector on one part. */
export function figuresTable(title: string, byDetector: MetricsByDetector, over: unknown): TableBlock {
  return {
    kind: "table",
    title,
    columns: ["Detector", ...figuresOfMerit.map(({ title }) => title)],
    rows: Object.entries(byDetector).map(([name, metrics]) => [
      modelTitle(name),
      ...figuresOfMerit.map(({ path, ofVerdicts }) =>
        ofVerdicts && flagsNothing(metrics) ? "–" : cell(at(metrics, path), at(over, [name, ...path])),
      ),
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
  const over = repeats?.protocols;
  const rocOfPaper: Readonly<Record<string, number>> = dataset.name === "full" ? publishedRocAuc : {};
  const line = (protocol: string, title: string, path: readonly string[], metrics: Metrics) => {
    const roc = at(rocOfPaper, [protocol]) as number | undefined;
    const f1 = (at(publishedF1, [protocol]) ?? {}) as Readonly<Record<string, number>>;
    const papers = [
      ...(roc === undefined ? [] : [`Liu et al. 2008: ROC AUC ${roc.toFixed(2)}`]),
      ...Object.entries(f1).map(([paper, value]) => `${paper}: F1 ${value.toFixed(3)}`),
    ];
    const figures = ["rocAuc", "averagePrecision", "f1"].map((name) =>
      cell(at(metrics, [name]), at(over, [...path, name])),
    );
    return [title, ...figures, papers.join("; ") || "–"];
  };
  const rows = [
    ...Object.entries(protocols.mixed).map(([kind, metrics]) =>
      line("mixed", `mixed: everything, ${modelTitle(kind)}`, ["mixed", kind], metrics),
    ),
    ...Object.entries(protocols.literature ?? {}).flatMap(([protocol, by]) =>
      Object.entries(by).map(([kind, metrics]) =>
        line(protocol, `${protocol}, ${modelTitle(kind)}`, ["literature", protocol, kind], metrics),
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

/** A figure as it is, or as mean ± standard deviation over seeds. */
export function cell(value: unknown, over: unknown): string {
  const { mean, standardDeviation } = (over ?? {}) as Extract<Spread, { mean: number }>;
  if (typeof mean === "number") return `${mean.toFixed(4)} ± ${standardDeviation.toFixed(4)}`;
  return typeof value === "number" ? value.toFixed(4) : "–";
}
