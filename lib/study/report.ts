import { formatCount, formatRows, formatScore, formatShare } from "../common/format";
import { anomalousRows } from "../data/kdd/attacks";
import { anomalyWords, countLabels, labelGroups } from "../data/label-groups";
import { scoreSteps } from "../evaluation/curves";
import { at } from "../evaluation/figures-of-merit";
import type { MetricsByDetector, NoveltyStudy } from "../evaluation/protocols";
import { detectorTitle, studyDetectors } from "../models/detectors";
import type { Model } from "../models/model";
import { reasonText } from "../models/reasons";
import type { Figure } from "../visualize/figure";
import { categoryTitles, groupStyles, modelStyles, modelTitle } from "../visualize/palette";
import { lossTables } from "../visualize/report/loss-tables";
import { movableThreshold } from "../visualize/report/movable-threshold";
import type { Block, LegendLine, Report, Section, TableBlock } from "../visualize/report/report";
import { runTables, versionText } from "../visualize/report/run-table";
import { datasetTitle, type StudyData, testName } from "./data";
import { distrust } from "./distrust";
import { type Part, partsOf, type studyFigures } from "./figures";
import { firstOfEachKind } from "./most-anomalous";
import { confusionTable, figuresTable, otherProtocolsTable } from "./report-tables";
import type { RunMetrics, RunRecord } from "./results";
import { mostAnomalousRows, type StudiedRow } from "./unlabelled";

/** What a study leaves, for a report on it. */
export interface StudyFindings {
  readonly study: NoveltyStudy;
  readonly data: StudyData;
  readonly metrics: RunMetrics;
  readonly record: RunRecord;
  readonly figures: ReturnType<typeof studyFigures>;
  /** Sentences about missing numbers and few rows. */
  readonly notices: readonly string[];
}

/** Rows of each file that are shown with their reasons. */
const shownRows = 15;

/** Everything that a study found. */
export function studyReport(findings: StudyFindings): Report {
  const { study, data, metrics, record, figures, notices } = findings;
  const { train, test, remark, titles } = data;
  const names = { train: data.trainSource.name, test: testName(data), remark };
  // What is judged on a file of its own says most.
  const parts = partsOf(study, train, test, names).reverse();
  const doubts = distrust(study, data, metrics, notices);
  return {
    title: `Anomalies in ${titles.train}`,
    remark,
    lead: [
      ...(train.labels ? merits(parts) : unlabelledLead(metrics)),
      `${doubts.length} reasons to distrust the figures are listed near the end.`,
    ],
    legend: legendOf(parts),
    sections: [
      { title: "What was run", blocks: runTables(record, runFacts(record)) },
      ...(train.labels ? [{ title: "Figures", blocks: figureTables(metrics, parts) }] : []),
      ...parts.map((part) => partSection(study, part, figures)),
      { title: "The most anomalous rows", blocks: anomalousTables(study, data, metrics) },
      { title: "Training", blocks: trainingBlocks(study, figures) },
      { title: "What to distrust", blocks: [{ kind: "list", items: doubts }] },
    ],
  };
}

function runFacts(record: RunRecord): [string, string][] {
  const { started, seconds, seeds, backend, versions, peakMemoryMegabytes: memory } = record;
  return [
    ["Started", `${started.slice(0, 19).replace("T", " ")} UTC`],
    ["Took", `${formatCount(Math.round(seconds))} s, ${formatCount(memory)} MB of memory at most`],
    [seeds.length > 1 ? "Seeds" : "Seed", seeds.join(", ")],
    ["Backend of the autoencoder", backend],
    ["Versions", versionText(versions)],
  ];
}

/** The best model on each part, in a sentence. */
function merits(parts: readonly Part[]): string[] {
  return parts.map(({ name, metrics }) => {
    const own = studyDetectors.map(({ kind }) => ({ kind, ...metrics[kind] }));
    const best = own.reduce((a, b) => ((b.f1 ?? 0) > (a.f1 ?? 0) ? b : a));
    const { kind, recall = 0, falseAlarmRate = 0, rocAuc } = best;
    return `On ${partTitle(name)} the best model by F1 at its threshold, the ${detectorTitle(kind)}, flags ${formatShare(recall)} of the anomalies and ${formatShare(falseAlarmRate)} of the normal rows; its ROC AUC is ${rocAuc.toFixed(4)}.`;
  });
}

function unlabelledLead({ unlabelled }: RunMetrics): string[] {
  const shares = Object.entries(unlabelled?.flaggedShare ?? {}).map(
    ([part, by]) => `${formatShare(by.combined)} of ${partTitle(part)}`,
  );
  return [
    `No row has a label, so that there are no figures of merit. Both models together flag ${shares.join(" and ")}.`,
  ];
}

function partTitle(name: string): string {
  return name === "holdout" ? "the held-out part" : datasetTitle(name);
}

function legendOf(parts: readonly Part[]): LegendLine[] {
  const names = [...new Set(parts.flatMap(({ metrics }) => Object.keys(metrics)))];
  const shown = names.length > 0 ? names : studyDetectors.map(({ kind }) => kind);
  const styles = modelStyles(shown);
  const detectors = shown.map((name, i) => {
    const { colour, line } = styles[i];
    return { title: modelTitle(name), colour, dashed: line.dash !== "solid" };
  });
  const labels = [...new Set(parts.flatMap(({ labels }) => Object.keys(countLabels(labels))))].sort();
  const { names: known, places } = labelGroups(labels);
  const colours = groupStyles(known);
  const groups = known.flatMap((name, i) =>
    places.includes(i) ? [{ title: groupTitle(name), colour: colours[i].colour, area: true }] : [],
  );
  return [
    { title: "Detectors", entries: detectors },
    ...(labels.length > 1 ? [{ title: "Rows", entries: groups }] : []),
  ];
}

function groupTitle(name: string): string {
  if (name === "anomalous") return "Anomalous";
  return Object.hasOwn(categoryTitles, name) ? categoryTitles[name as keyof typeof categoryTitles] : name;
}

function figureTables(metrics: RunMetrics, parts: readonly Part[]): Block[] {
  return [
    ...parts.map(({ name, metrics: byDetector }) =>
      figuresTable(
        `Fit on 80 % of the normal rows, scored on ${partTitle(name)}`,
        byDetector,
        at(metrics.repeats?.protocols, ["novelty", name]),
      ),
    ),
    otherProtocolsTable(metrics),
  ];
}

/** Curves with a threshold that moves, recall by kind, and how scores are distributed. */
function partSection(study: NoveltyStudy, part: Part, figures: Readonly<Record<string, Figure>>): Section {
  const { name, labels, metrics, scoresOf } = part;
  const own = (kind: string): Figure | undefined => figures[`${kind}-${name}`];
  const [roc, precisionRecall] = [own("roc"), own("precision-recall")];
  const blocks: Block[] = [];
  if (roc && precisionRecall) {
    const anomalous = anomalousRows(labels);
    const detectors = studyDetectors.map(({ kind }) => {
      const model = study.models[kind];
      return movableThreshold(kind, scoreSteps(scoresOf(model), anomalous), model.threshold.value);
    });
    const positives = anomalous.reduce((sum, flag) => sum + flag, 0);
    const negatives = anomalous.length - positives;
    const { one: anomaly, many } = anomalyWords(labels.categories);
    blocks.push({ kind: "threshold", detectors, positives, negatives, anomaly, roc, precisionRecall });
    blocks.push(confusionTable("Verdicts at the thresholds that were chosen", metrics, many));
  }
  const byKind = own("recall-by-attack");
  if (byKind) blocks.push({ kind: "figure", figure: byKind });
  if (labels.categories.length > 1) blocks.push(recallTable(part, metrics));
  for (const { kind } of studyDetectors) {
    const figure = own(`scores-${kind}`);
    if (figure) blocks.push({ kind: "figure", figure });
  }
  return { title: `On ${partTitle(name)}`, blocks };
}

/** Recall by kind of anomaly, and the share of normal rows that is flagged, as a table. */
function recallTable({ labels, known }: Part, metrics: MetricsByDetector): TableBlock {
  const { kind } = anomalyWords(labels.categories);
  const rows = Object.entries(countLabels(labels)).sort(([, a], [, b]) => b - a);
  return {
    kind: "table",
    title: `Share flagged, by ${kind}, as a table`,
    columns: ["Label", "rows", "in training", ...studyDetectors.map(({ kind }) => modelTitle(kind))],
    rows: rows.map(([label, count]) => [
      label,
      formatCount(count),
      known.has(label) ? "yes" : "no",
      ...studyDetectors.map(({ kind }) => {
        const { recallByAttack = {}, falseAlarmRate = 0 } = metrics[kind];
        return formatShare(label === "normal" ? falseAlarmRate : (recallByAttack[label] ?? 0));
      }),
    ]),
    folded: true,
  };
}

/** A table for each file. */
function anomalousTables(study: NoveltyStudy, data: StudyData, { unlabelled }: RunMetrics): Block[] {
  const found = unlabelled?.mostAnomalous ?? mostAnomalousRows(study, data);
  const files = [...new Set(found.map(({ dataset }) => dataset))].reverse();
  return files.map((file) => {
    const highest = found.filter(({ dataset }) => dataset === file);
    const rows = firstOfEachKind(highest).slice(0, shownRows);
    return {
      kind: "table",
      title: `${datasetTitle(file)}, by both models together: the ${highest.length} highest scores, and of rows that are equal or alike only the first`,
      columns: ["Row of the file", ...(data.train.labels ? ["label"] : []), "score", "p-value", "reasons"],
      rows: rows.map(anomalousCells),
    };
  });
}

function anomalousCells({ row, label, part, score, pValue, reasons, alike }: StudiedRow & { alike: number }) {
  const p = part === "fit" ? "–, learned from" : formatScore(pValue);
  return [
    formatCount(row),
    ...(label === undefined ? [] : [label]),
    formatScore(score),
    p,
    reasonText(reasons) + (alike > 0 ? `; ${alike} more with the same reasons and names` : ""),
  ];
}

function trainingBlocks(study: NoveltyStudy, figures: Readonly<Record<string, Figure>>): Block[] {
  const drawn = Object.entries(figures).filter(([name]) => name.startsWith("training-loss-"));
  const fitted: Block = {
    kind: "list",
    items: [
      `Fitted on ${formatRows(study.fitRows.length)}; thresholds from the ${formatRows(Object.values(study.models)[0].threshold.rows)} held out.`,
    ],
  };
  return [
    fitted,
    ...drawn.map(([, figure]): Block => ({ kind: "figure", figure })),
    ...lossTables(Object.values<Model>(study.models).map(({ detector }) => detector)),
  ];
}
