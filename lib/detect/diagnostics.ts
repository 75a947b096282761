import { valuesAt } from "../common/values-at";
import { labels as labelsOf, type NominalColumn, selectRows } from "../data/table";
import { baselineScores } from "../evaluation/baselines";
import { evaluate, type Metrics } from "../evaluation/metrics";
import type { MetricsByDetector } from "../evaluation/protocols";
import type { ScoreOptions } from "../models/detector";
import { ofEachDetector, type TrainedDetectorName, trainedDetectors } from "../models/detectors";
import type { FittedModel } from "../models/fit-model";
import { scoreTable } from "../models/model";
import { chooseThreshold } from "../models/threshold";
import { scoreDistributionFigure } from "../visualize/evaluation/score-distribution";
import type { Figure } from "../visualize/layout";
import { lossFigures } from "../visualize/models/training-loss";
import { modelTitle } from "../visualize/palette";
import { type FlaggedStretch, flaggedOverTimeFigure } from "../visualize/traffic/flagged-over-time";
import { unusualHostsFigure } from "../visualize/traffic/unusual-hosts";
import type { FittedTraffic } from "./fit";
import { HostRanking, type UnusualHost } from "./host-ranking";
import { truthOf, withNormal } from "./labels";
import type { TrainingData } from "./training-data";

/** What training can tell without labels, and with them where the logs have some. */
export interface Diagnostics {
  /** By detector: the threshold, and quantiles of the scores of all connections by their share. */
  readonly scores: Readonly<
    Record<
      TrainedDetectorName,
      { readonly threshold: number; readonly quantiles: Readonly<Record<string, number>> }
    >
  >;
  /** Share of all connections that each detector, or any, flags. */
  readonly flaggedShare: Readonly<Record<TrainedDetectorName | "any", number>>;
  readonly flaggedOverTime: readonly FlaggedStretch[];
  /** Ranked by flagged connections beyond the expected ones. */
  readonly unusualHosts: readonly UnusualHost[];
  /**
   * Where there are labels: held-out usual connections and all attacks, judged by the detectors and by baselines whose
   * threshold is at the whole false-alarm rate.
   */
  readonly metrics?: MetricsByDetector;
}

/** Scores of every connection, by detector; higher = more anomalous. */
export type ScoresByDetector = Readonly<Record<TrainedDetectorName, Float64Array>>;

const detectorNames = trainedDetectors.map(({ kind }) => kind);

/** Stretches of equal time that the log is cut into. */
const stretches = 100;

/** The scores of every connection that was read. */
export function scoreTraining(
  { table }: TrainingData,
  { models }: FittedTraffic,
  { onProgress, signal, workers }: ScoreOptions = {},
): Promise<ScoresByDetector> {
  return ofEachDetector((_, name) =>
    scoreTable(models[name], table, undefined, { onProgress, signal, workers }),
  );
}

/** Looks at how the fitted models judge all connections that were read. */
export async function diagnose(
  data: TrainingData,
  fitted: FittedTraffic,
  scores: ScoresByDetector,
  falseAlarmRate: number,
  options: ScoreOptions = {},
): Promise<Diagnostics> {
  const hosts = new HostRanking(falseAlarmRate);
  const flaggedRows: Record<TrainedDetectorName | "any", number> = {
    ...(await ofEachDetector(() => 0)),
    any: 0,
  };
  for (let row = 0; row < data.table.rows; row++) {
    const flagging = flaggedBy(row, scores, fitted);
    for (const name of flagging) flaggedRows[name]++;
    if (flagging.length > 0) flaggedRows.any++;
    hosts.add(data.hosts[data.hostCodes[row]], flagging.length > 0);
  }
  const shares = Object.entries(flaggedRows).map(([name, rows]) => [name, rows / data.table.rows]);
  return {
    scores: await ofEachDetector((_, name) => summary(scores[name], fitted.models[name])),
    flaggedShare: Object.fromEntries(shares),
    flaggedOverTime: overTime(data.starts, scores, fitted),
    unusualHosts: hosts.top(20),
    ...(data.labels && {
      metrics: await measure(data, data.labels, fitted, scores, falseAlarmRate, options.signal),
    }),
  };
}

/** The detectors whose threshold a connection's score exceeds. */
function flaggedBy(row: number, scores: ScoresByDetector, { models }: FittedTraffic): TrainedDetectorName[] {
  return detectorNames.filter((name) => scores[name][row] > models[name].threshold.value);
}

function summary(
  scores: Float64Array,
  { threshold }: FittedModel,
): Diagnostics["scores"][TrainedDetectorName] {
  const sorted = scores.slice().sort();
  const quantiles = [0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999, 1].map((share) => [
    String(share),
    sorted[Math.floor(share * (sorted.length - 1))],
  ]);
  return { threshold: threshold.value, quantiles: Object.fromEntries(quantiles) };
}

function overTime(starts: Float64Array, scores: ScoresByDetector, fitted: FittedTraffic): FlaggedStretch[] {
  // Not Math.min(...starts): there may be millions.
  const first = starts.reduce((least, start) => Math.min(least, start), Infinity);
  const last = starts.reduce((most, start) => Math.max(most, start), -Infinity);
  const width = Math.max((last - first) / stretches, 1e-6);
  const counted = Array.from({ length: stretches }, (_, i) => ({
    start: first + i * width,
    connections: 0,
    flagged: Object.fromEntries(trainedDetectors.map(({ kind }) => [kind, 0])),
  }));
  for (let row = 0; row < starts.length; row++) {
    const stretch = counted[Math.min(stretches - 1, Math.floor((starts[row] - first) / width))];
    stretch.connections++;
    for (const name of flaggedBy(row, scores, fitted)) stretch.flagged[name]++;
  }
  return counted.filter(({ connections }) => connections > 0);
}

/** Held-out usual connections and every attack; undefined where there is no attack. */
async function measure(
  data: TrainingData,
  labels: NominalColumn,
  fitted: FittedTraffic,
  scores: ScoresByDetector,
  falseAlarmRate: number,
  signal: AbortSignal | undefined,
): Promise<MetricsByDetector | undefined> {
  const truths = labels.categories.map(truthOf);
  const attacks = Array.from(labels.codes.keys()).filter((row) => truths[labels.codes[row]] === "attack");
  if (attacks.length === 0) return undefined;
  const rows = Uint32Array.from([...fitted.heldOutRows, ...attacks]);
  const { table } = data;
  const judged = selectRows({ ...table, labels: withNormal(labels) }, rows);
  const metrics: Record<string, Metrics> = {};
  const add = (name: string, all: Float64Array, threshold: number) => {
    const own = valuesAt(all, rows);
    metrics[name] = evaluate({ scores: own, labels: labelsOf(judged), threshold });
  };
  for (const { kind } of trainedDetectors) add(kind, scores[kind], fitted.models[kind].threshold.value);
  const baselines = baselineScores(table, undefined, fitted.fitRows, { signal });
  for await (const { name, trainingScores } of baselines) {
    const usual = valuesAt(trainingScores, fitted.heldOutRows);
    add(`baseline:${name}`, trainingScores, chooseThreshold(usual, falseAlarmRate).value);
  }
  return metrics;
}

/** The figures of what training found, by the names of their files. */
export function diagnosticFigures(
  { labels, table, logs }: TrainingData,
  { models }: FittedTraffic,
  scores: ScoresByDetector,
  { flaggedOverTime, unusualHosts }: Diagnostics,
  falseAlarmRate: number,
): Record<string, Figure> {
  const names = logs.length === 1 ? logs[0].name : `${logs.length} logs`;
  const usual = labels ? "usual connections" : "connections";
  const protocol = `Fit on the earlier 80 % of the ${usual} of ${names}, thresholds from the later 20 %, scored on all`;
  const plain: NominalColumn = {
    kind: "nominal",
    name: "label",
    codes: new Uint8Array(table.rows),
    categories: ["normal"],
  };
  const shared = {
    labels: labels ? withNormal(labels) : plain,
    titles: labels ? { normal: "Benign", other: "Other labels" } : { normal: "All connections" },
  };
  const distributions = trainedDetectors.map(({ kind, scores: { title: axisTitle, scale } }) => {
    const threshold = models[kind].threshold.value;
    const title = `${modelTitle(kind)}: scores`;
    const shown = { ...shared, scores: scores[kind], threshold, axisTitle, scale };
    return [`scores-${kind}`, scoreDistributionFigure(shown, { title, protocol })] as const;
  });
  return {
    ...Object.fromEntries(distributions),
    "flagged-over-time": flaggedOverTimeFigure(flaggedOverTime, falseAlarmRate / trainedDetectors.length, {
      protocol: `${protocol}; dashed: the false-alarm rate of each detector`,
    }),
    "unusual-hosts": unusualHostsFigure(unusualHosts, { protocol }),
    ...lossFigures(
      Object.values(models).map(({ detector }) => detector),
      { protocol },
    ),
  };
}
