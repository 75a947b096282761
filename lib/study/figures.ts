import { valuesAt } from "../common/values-at";
import { anomalousRows } from "../data/kdd/attacks";
import { anomalyWords, countLabels } from "../data/label-groups";
import { labels, type NominalColumn, selectColumn, type Table } from "../data/table";
import { precisionRecallCurve, rocCurve, scoreSteps } from "../evaluation/curves";
import type { Metrics, VerdictMetrics } from "../evaluation/metrics";
import type { MetricsByDetector, NoveltyResult, NoveltyStudy, StudyScores } from "../evaluation/protocols";
import { studyDetectors } from "../models/detectors";
import { confusionFigure } from "../visualize/evaluation/confusion";
import { precisionRecallFigure } from "../visualize/evaluation/precision-recall";
import { recallByAttackFigure } from "../visualize/evaluation/recall-by-attack";
import { rocFigure } from "../visualize/evaluation/roc";
import { scoreDistributionFigure } from "../visualize/evaluation/score-distribution";
import type { Caption, Figure } from "../visualize/figure";
import { lossFigures } from "../visualize/models/training-loss";
import { modelTitle } from "../visualize/palette";
import { datasetTitle } from "./data";

/** Names of the data sets, for the words above the figures. */
export interface StudyNames {
  readonly train: string;
  readonly test?: string;
  /** What a reader must know of the data: `Simulated traffic`. */
  readonly remark?: string;
}

/**
 * Every figure of a novelty study, by the name of its file. Recall by kind of anomaly only where there are several, and without
 * labels how the scores are distributed.
 */
export function studyFigures(
  study: NoveltyStudy,
  train: Table,
  test: Table | undefined,
  names: StudyNames,
): Record<string, Figure> {
  const figures: Record<string, Figure> = {};
  for (const part of partsOf(study, train, test, names)) {
    const own = {
      ...(train.labels && { ...curveFigures(study, part), ...verdictFigures(study, part) }),
      ...scoreFigures(study, part),
    };
    for (const [name, figure] of Object.entries(own)) figures[`${name}-${part.name}`] = figure;
  }
  const learned = train.labels ? "normal rows" : "rows";
  const protocol = `Fit on 80 % of the ${learned} of ${datasetTitle(names.train)}`;
  const detectors = Object.values<NoveltyResult>(study.models).map(({ detector }) => detector);
  return { ...figures, ...lossFigures(detectors, { protocol, remark: names.remark }) };
}

/** Rows that models and baselines are judged on. */
export interface Part {
  readonly name: string;
  readonly caption: Caption;
  readonly labels: NominalColumn;
  /** Labels of the training file. */
  readonly known: ReadonlySet<string>;
  readonly metrics: MetricsByDetector;
  readonly scoresOf: (scores: StudyScores) => Float64Array;
}

/** What a study judged: the held-out part and the test file, or without labels all rows of either file. */
export function partsOf(
  study: NoveltyStudy,
  train: Table,
  test: Table | undefined,
  names: StudyNames,
): Part[] {
  return train.labels ? labelledParts(study, train, test, names) : unlabelledParts(train, test, names);
}

function labelledParts(
  study: NoveltyStudy,
  train: Table,
  test: Table | undefined,
  names: StudyNames,
): Part[] {
  const { remark } = names;
  const fitted = `Fit on 80 % of the normal rows of ${datasetTitle(names.train)}, threshold from the other 20 %`;
  const { many } = anomalyWords(labels(train).categories);
  const known = new Set(train.labels?.categories);
  const holdout: Part = {
    name: "holdout",
    caption: { protocol: `${fitted}, scored on those 20 % and all ${many} of the same file`, remark },
    labels: selectColumn(labels(train), study.holdoutRows),
    known,
    metrics: study.metrics.holdout,
    scoresOf: ({ trainingScores }) => valuesAt(trainingScores, study.holdoutRows),
  };
  if (!test || !names.test) return [holdout];
  const onTest: Part = {
    name: names.test,
    caption: { protocol: `${fitted}, scored on ${datasetTitle(names.test)}`, remark },
    labels: labels(test),
    known,
    metrics: study.metrics.test ?? {},
    scoresOf: ({ testScores }) => testScores ?? new Float64Array(),
  };
  return [holdout, onTest];
}

/** Without labels: all rows of either file, as if they were of one kind. */
function unlabelledParts(train: Table, test: Table | undefined, names: StudyNames): Part[] {
  const title = datasetTitle(names.train);
  const fitted = `Fit on 80 % of the rows of ${title}, threshold from the other 20 %`;
  const part = (name: string, { rows }: Table, scoredOn: string, scoresOf: Part["scoresOf"]): Part => ({
    name,
    caption: { protocol: `${fitted}, scored on ${scoredOn}; no labels`, remark: names.remark },
    labels: { kind: "nominal", name: "label", codes: new Uint8Array(rows), categories: ["normal"] },
    known: new Set(),
    metrics: {},
    scoresOf,
  });
  const whole = part(names.train, train, "all of them", ({ trainingScores }) => trainingScores);
  if (!test || !names.test) return [whole];
  const scoresOf = ({ testScores = new Float64Array() }: StudyScores) => testScores;
  return [whole, part(names.test, test, datasetTitle(names.test), scoresOf)];
}

/** ROC and precision–recall curves of models and baselines. */
function curveFigures(study: NoveltyStudy, part: Part): Record<string, Figure> {
  const anomalous = anomalousRows(part.labels);
  const words = anomalyWords(part.labels.categories);
  const curves = Object.entries({ ...study.models, ...study.baselines }).map(([name, result]) => ({
    name,
    steps: scoreSteps(part.scoresOf(result), anomalous),
    threshold: name in study.models ? result.threshold.value : undefined,
    rocAuc: part.metrics[name].rocAuc,
    averagePrecision: part.metrics[name].averagePrecision,
  }));
  return {
    roc: rocFigure(
      curves.map(({ steps, ...rest }) => ({ ...rest, curve: rocCurve(steps) })),
      part.caption,
      words,
    ),
    "precision-recall": precisionRecallFigure(
      curves.map(({ steps, ...rest }) => ({ ...rest, curve: precisionRecallCurve(steps) })),
      part.caption,
      words,
    ),
  };
}

/** What the models' verdicts are worth. */
function verdictFigures(
  study: NoveltyStudy,
  { labels, known, metrics, caption }: Part,
): Record<string, Figure> {
  const judged = Object.keys(study.models).map((name) => ({
    name,
    ...(metrics[name] as Metrics & VerdictMetrics),
  }));
  const counts = countLabels(labels);
  const kinds = Object.keys(counts).filter((label) => label !== "normal");
  return {
    confusion: confusionFigure(judged, caption, anomalyWords(labels.categories)),
    ...(kinds.length > 1 && {
      "recall-by-attack": recallByAttackFigure(judged, { counts, known }, caption),
    }),
  };
}

/** How each model's scores are distributed, by category or kind of anomaly. */
function scoreFigures(study: NoveltyStudy, { labels, scoresOf, caption }: Part): Record<string, Figure> {
  const unlabelled = labels.categories.length === 1;
  const words = unlabelled ? "scores" : `scores by ${anomalyWords(labels.categories).group}`;
  const titles = unlabelled ? { normal: "All rows" } : {};
  return Object.fromEntries(
    studyDetectors.map(({ kind, scores }) => {
      const model = study.models[kind];
      const shown = { scores: scoresOf(model), labels, titles, threshold: model.threshold.value };
      const axis = { axisTitle: scores.title, scale: scores.scale };
      const title = `${modelTitle(kind)}: ${words}`;
      return [`scores-${kind}`, scoreDistributionFigure({ ...shown, ...axis }, { title, ...caption })];
    }),
  );
}
