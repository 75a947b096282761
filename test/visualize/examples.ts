// One figure of each kind, of invented scores, for the tests of figures and pages.
import {
  anomalousRows,
  averagePrecision,
  chooseThreshold,
  createRandom,
  type NominalColumn,
  precisionRecallCurve,
  rocAuc,
  rocCurve,
  scoreSteps,
  verdictMetrics,
} from "traffic-anomaly";
import { confusionFigure } from "traffic-anomaly/dist/visualize/evaluation/confusion";
import { precisionRecallFigure } from "traffic-anomaly/dist/visualize/evaluation/precision-recall";
import { recallByAttackFigure } from "traffic-anomaly/dist/visualize/evaluation/recall-by-attack";
import { rocFigure } from "traffic-anomaly/dist/visualize/evaluation/roc";
import { scoreDistributionFigure } from "traffic-anomaly/dist/visualize/evaluation/score-distribution";
import type { Figure } from "traffic-anomaly/dist/visualize/figure";
import { trainingLossFigure } from "traffic-anomaly/dist/visualize/models/training-loss";

export const caption = { protocol: "fit on 80 % of the normals, scored on corrected" };

/** A label that would end a script and open a tag, were it not escaped. */
export const hostileLabel = "</script><b>x&y";

export const labels: NominalColumn = {
  kind: "nominal",
  name: "label",
  codes: Uint8Array.from({ length: 6000 }, (_, row) => row % 6),
  categories: [hostileLabel, "ipsweep", "normal", "perl", "phf", "smurf"],
};

const known = new Set(["normal", "ipsweep", "smurf"]);
const normal = labels.categories.indexOf("normal");

export const models = ["isolation-forest", "autoencoder", "baseline:count"].map((name) => {
  const random = createRandom(1, name);
  const scores = Float64Array.from(
    labels.codes,
    (code) => 10 ** (random.uniform() * 2 + (code === normal ? -2 : -1)),
  );
  const threshold = chooseThreshold(
    scores.filter((_, row) => labels.codes[row] === normal),
    0.05,
  ).value;
  const steps = scoreSteps(scores, anomalousRows(labels));
  return { name, scores, threshold, steps, metrics: verdictMetrics(scores, labels, threshold, known) };
});

const counts = Object.fromEntries(labels.categories.map((label) => [label, 1000]));

export const figures: Readonly<Record<string, Figure>> = {
  roc: rocFigure(
    models.map(({ name, steps, threshold }) => ({
      name,
      threshold,
      curve: rocCurve(steps),
      rocAuc: rocAuc(steps),
    })),
    caption,
  ),
  "precision-recall": precisionRecallFigure(
    models.map(({ name, steps, threshold }) => ({
      name,
      threshold,
      curve: precisionRecallCurve(steps),
      averagePrecision: averagePrecision(steps),
    })),
    caption,
  ),
  confusion: confusionFigure(
    models
      .slice(0, 2)
      .map(({ name, threshold, metrics }) => ({ name, threshold, confusion: metrics.confusion })),
    caption,
  ),
  "score-distribution": scoreDistributionFigure(
    { ...models[0], labels, axisTitle: "Mean squared reconstruction error", scale: "log" },
    caption,
  ),
  "training-loss": trainingLossFigure(
    [0.05, 0.02, 0.01, 0.012].map((loss, i) => ({ epoch: i + 1, loss, validationLoss: loss * 1.1 })),
    caption,
  ),
  "recall-by-attack": recallByAttackFigure(
    models.slice(0, 2).map(({ name, metrics }) => ({ name, recallByAttack: metrics.recallByAttack })),
    { counts, known },
    caption,
  ),
};
