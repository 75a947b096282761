import { valuesAt } from "../common/values-at";
import { anomalousRows } from "../data/kdd/attacks";
import { labels, type NominalColumn, selectColumn, type Table } from "../data/table";
import { precisionRecallCurve, rocCurve, scoreSteps } from "../evaluation/curves";
import type { Metrics, VerdictMetrics } from "../evaluation/metrics";
import type { NoveltyStudy } from "../evaluation/protocols";
import { confusionFigure } from "../visualize/evaluation/confusion";
import { precisionRecallFigure } from "../visualize/evaluation/precision-recall";
import { recallByAttackFigure } from "../visualize/evaluation/recall-by-attack";
import { rocFigure } from "../visualize/evaluation/roc";
import { scoreDistributionFigure } from "../visualize/evaluation/score-distribution";
import type { Figure } from "../visualize/figure";
import { trainingLossFigure } from "../visualize/models/training-loss";

/** Names of the data sets, for the words above the figures. */
export interface StudyNames {
  readonly train: string;
  readonly test?: string;
  /** What a reader must know of the data: `Simulated traffic`. */
  readonly remark?: string;
}

/** Every figure of a novelty study, by the name of its file. */
export function studyFigures(
  study: NoveltyStudy,
  train: Table,
  test: Table | undefined,
  names: StudyNames,
): Record<string, Figure> {
  const fitted = `Fit on 80 % of the normal rows of ${datasetTitle(names.train)}, threshold from the other 20 %`;
  const parts: {
    name: string;
    protocol: string;
    labels: NominalColumn;
    scores: (of: Scores) => Float64Array | undefined;
  }[] = [
    {
      name: "holdout",
      protocol: `${fitted}, scored on those 20 % and all its attacks`,
      labels: selectColumn(labels(train), study.holdoutRows),
      scores: ({ trainingScores }) => valuesAt(trainingScores, study.holdoutRows),
    },
  ];
  if (test && names.test) {
    const protocol = `${fitted}, scored on ${datasetTitle(names.test)}`;
    parts.push({ name: names.test, protocol, labels: labels(test), scores: ({ testScores }) => testScores });
  }

  const detectors = {
    "isolation-forest": study.isolationForest,
    autoencoder: study.autoencoder,
    ...study.baselines,
  };
  const figures: Record<string, Figure> = {};
  for (const [i, { name, protocol, labels, scores }] of parts.entries()) {
    const caption = { protocol, remark: names.remark };
    const metrics = (i === 0 ? study.metrics.holdout : study.metrics.test) ?? {};
    const anomalous = anomalousRows(labels);
    const curves = Object.entries(detectors).map(([detector, result]) => ({
      name: detector,
      steps: scoreSteps(scores(result) ?? new Float64Array(), anomalous),
      threshold: detector.startsWith("baseline:") ? undefined : result.threshold.value,
      rocAuc: metrics[detector].rocAuc,
      averagePrecision: metrics[detector].averagePrecision,
    }));
    figures[`roc-${name}`] = rocFigure(
      curves.map(({ steps, ...rest }) => ({ ...rest, curve: rocCurve(steps) })),
      caption,
    );
    figures[`precision-recall-${name}`] = precisionRecallFigure(
      curves.map(({ steps, ...rest }) => ({ ...rest, curve: precisionRecallCurve(steps) })),
      caption,
    );
    const judged = ["isolation-forest", "autoencoder"].map((detector) => ({
      name: detector,
      ...(metrics[detector] as Metrics & VerdictMetrics),
    }));
    figures[`confusion-${name}`] = confusionFigure(judged, caption);
    figures[`recall-by-attack-${name}`] = recallByAttackFigure(
      judged,
      { counts: countLabels(labels), known: new Set(train.labels?.categories) },
      caption,
    );
    figures[`isolation-score-${name}`] = scoreDistributionFigure(
      {
        scores: scores(study.isolationForest) ?? new Float64Array(),
        labels,
        threshold: study.isolationForest.threshold.value,
        axisTitle: "Isolation score",
      },
      { title: "Isolation forest: scores by category", ...caption },
    );
    figures[`reconstruction-error-${name}`] = scoreDistributionFigure(
      {
        scores: scores(study.autoencoder) ?? new Float64Array(),
        labels,
        threshold: study.autoencoder.threshold.value,
        axisTitle: "Mean squared reconstruction error",
        scale: "log",
      },
      { title: "Autoencoder: reconstruction error by category", ...caption },
    );
  }
  const history = study.autoencoder.detector.history.map((losses, i) => ({ epoch: i + 1, ...losses }));
  figures["training-loss"] = trainingLossFigure(history, {
    remark: names.remark,
    protocol: `Fit on 80 % of the normal rows of ${datasetTitle(names.train)}`,
  });
  return figures;
}

/** A data set's name as people write it. */
function datasetTitle(name: string): string {
  const titles: Record<string, string> = {
    "10-percent": "KDD'99 (10 %)",
    full: "KDD'99 (full)",
    corrected: "KDD'99 corrected",
  };
  return Object.hasOwn(titles, name) ? titles[name] : name;
}

/** Scores of one detector. */
type Scores = Pick<NoveltyStudy["isolationForest"], "trainingScores" | "testScores">;

function countLabels({ categories, codes }: NominalColumn): Record<string, number> {
  const counts = new Float64Array(categories.length);
  for (const code of codes) counts[code]++;
  return Object.fromEntries(
    categories.map((label, i): [string, number] => [label, counts[i]]).filter(([, n]) => n > 0),
  );
}
