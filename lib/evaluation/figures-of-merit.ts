import { flagsNothing, type Metrics } from "./metrics";
import type { Spread } from "./spread";

/** A figure of merit, and where it is in a detector's metrics. */
export interface FigureOfMerit {
  readonly title: string;
  readonly path: readonly string[];
  /** Whether it is about verdicts, so that a detector that flags nothing has none. */
  readonly ofVerdicts?: boolean;
}

/** What reports and comparisons tell of each detector. */
export const figuresOfMerit: readonly FigureOfMerit[] = [
  { title: "ROC AUC", path: ["rocAuc"] },
  { title: "ROC AUC, deduplicated", path: ["deduplicated", "rocAuc"] },
  { title: "average precision", path: ["averagePrecision"] },
  { title: "F1", path: ["f1"], ofVerdicts: true },
  { title: "precision", path: ["precision"], ofVerdicts: true },
  { title: "recall", path: ["recall"], ofVerdicts: true },
  { title: "false alarms", path: ["falseAlarmRate"], ofVerdicts: true },
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

/** What stands at a path, as it is, or as mean ± standard deviation where `over` has these of several seeds. */
export function figureText(tree: unknown, over: unknown, path: readonly string[]): string {
  const { mean, standardDeviation } = (at(over, path) ?? {}) as Extract<Spread, { mean: number }>;
  if (typeof mean === "number") return `${mean.toFixed(4)} ± ${standardDeviation.toFixed(4)}`;
  const value = at(tree, path);
  return typeof value === "number" ? value.toFixed(4) : "–";
}

/** Figures of a detector, each as {@link figureText} has it. */
export function figureTexts(figures: readonly FigureOfMerit[], metrics: Metrics, over: unknown): string[] {
  return figures.map(({ path, ofVerdicts }) =>
    ofVerdicts && flagsNothing(metrics) ? "–" : figureText(metrics, over, path),
  );
}
