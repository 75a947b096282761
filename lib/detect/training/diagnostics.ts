import { valuesAt } from "../../common/values-at";
import { allRows, labels as labelsOf, type NominalColumn, selectRows } from "../../data/table";
import { baselineScores } from "../../evaluation/baselines";
import { evaluate, type Metrics } from "../../evaluation/metrics";
import type { MetricsByDetector } from "../../evaluation/protocols";
import type { ScoreOptions } from "../../models/detector";
import { ofEachDetector, type TrainedDetectorName, trainedDetectors } from "../../models/detectors";
import type { FittedModel } from "../../models/fit-model";
import { scoreTable } from "../../models/model";
import { chooseThreshold, verdicts } from "../../models/threshold";
import { scoreDistributionFigure } from "../../visualize/evaluation/score-distribution";
import type { Figure } from "../../visualize/figure";
import { lossFigures } from "../../visualize/models/training-loss";
import { modelTitle } from "../../visualize/palette";
import { type FlaggedStretch, flaggedOverTimeFigure } from "../../visualize/traffic/flagged-over-time";
import type { UnusualHost } from "../../visualize/traffic/unusual-hosts";
import { unusualHostsFigure } from "../../visualize/traffic/unusual-hosts";
import { HostRanking } from "../ranking";
import type { FittedTraffic } from "./fit";
import { type TrainingData, truthOf, withNormal } from "./training-data";

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

/** What training found, and the figures that show it, by the names of their files. */
export interface Found {
  readonly diagnostics: Diagnostics;
  readonly figures: Readonly<Record<string, Figure>>;
}

/** What a detector says of every connection that was read; `flags` are the verdicts, 1 = anomalous. */
interface Judged {
  readonly scores: Float64Array;
  readonly flags: Uint8Array;
}

type JudgedBy = Readonly<Record<TrainedDetectorName, Judged>>;

const detectorNames = trainedDetectors.map(({ kind }) => kind);

/** Stretches of equal time that the log is cut into. */
const stretches = 100;

/** Looks at how the fitted models judge all connections that were read. */
export async function diagnose(
  data: TrainingData,
  { detectors }: FittedTraffic,
  { falseAlarmRate, onProgress, signal, workers }: ScoreOptions & { readonly falseAlarmRate: number },
): Promise<Found> {
  const judged = await ofEachDetector(async (_, name) => {
    const model = detectors[name];
    const scores = await scoreTable(model, data.table, undefined, { onProgress, signal, workers });
    return { scores, flags: verdicts(scores, model.threshold) };
  });
  const diagnostics: Diagnostics = {
    scores: await ofEachDetector((_, name) => summary(judged[name].scores, detectors[name])),
    flaggedShare: flaggedShares(judged),
    flaggedOverTime: overTime(data.starts, judged),
    unusualHosts: rankHosts(data, judged, falseAlarmRate),
    ...(data.labels && {
      metrics: await measure(data, data.labels, detectors, judged, falseAlarmRate, signal),
    }),
  };
  return { diagnostics, figures: figuresOf(data, detectors, judged, diagnostics, falseAlarmRate) };
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

function isFlagged(judged: JudgedBy, row: number): boolean {
  return detectorNames.some((name) => judged[name].flags[row] === 1);
}

function flaggedShares(judged: JudgedBy): Diagnostics["flaggedShare"] {
  const [{ flags }] = Object.values(judged);
  const shareOf = (holds: (row: number) => boolean) =>
    flags.reduce((count, _, row) => count + Number(holds(row)), 0) / flags.length;
  const shares = detectorNames.map((name) => [name, shareOf((row) => judged[name].flags[row] === 1)]);
  return { ...Object.fromEntries(shares), any: shareOf((row) => isFlagged(judged, row)) };
}

function rankHosts(
  { hosts, hostCodes }: TrainingData,
  judged: JudgedBy,
  falseAlarmRate: number,
): readonly UnusualHost[] {
  const ranking = new HostRanking(falseAlarmRate);
  hostCodes.forEach((code, row) => {
    ranking.add(hosts[code], isFlagged(judged, row));
  });
  return ranking.top(20);
}

function overTime(starts: readonly number[], judged: JudgedBy): FlaggedStretch[] {
  // Not Math.min(...starts): there may be millions.
  const first = starts.reduce((least, start) => Math.min(least, start), Infinity);
  const last = starts.reduce((most, start) => Math.max(most, start), -Infinity);
  const width = Math.max((last - first) / stretches, 1e-6);
  const counted = Array.from({ length: stretches }, (_, i) => ({
    start: first + i * width,
    connections: 0,
    flagged: Object.fromEntries(detectorNames.map((name) => [name, 0])),
  }));
  for (const [row, start] of starts.entries()) {
    const stretch = counted[Math.min(stretches - 1, Math.floor((start - first) / width))];
    stretch.connections++;
    for (const name of detectorNames) stretch.flagged[name] += judged[name].flags[row];
  }
  return counted.filter(({ connections }) => connections > 0);
}

/** Held-out usual connections and every attack; undefined where there is no attack. */
async function measure(
  { table }: TrainingData,
  labels: NominalColumn,
  detectors: FittedTraffic["detectors"],
  judged: JudgedBy,
  falseAlarmRate: number,
  signal: AbortSignal | undefined,
): Promise<MetricsByDetector | undefined> {
  const truths = labels.categories.map(truthOf);
  const attacks = allRows(table).filter((row) => truths[labels.codes[row]] === "attack");
  if (attacks.length === 0) return undefined;
  const [{ fitRows, heldOutRows }] = Object.values(detectors);
  const rows = Uint32Array.from([...heldOutRows, ...attacks]);
  const measured = labelsOf(selectRows({ ...table, labels: withNormal(labels) }, rows));
  const metrics: Record<string, Metrics> = {};
  const add = (name: string, scores: Float64Array, threshold: number) => {
    metrics[name] = evaluate({ scores: valuesAt(scores, rows), labels: measured, threshold });
  };
  for (const name of detectorNames) add(name, judged[name].scores, detectors[name].threshold.value);
  for await (const { name, trainingScores } of baselineScores(table, undefined, fitRows, { signal })) {
    const heldOut = valuesAt(trainingScores, heldOutRows);
    add(`baseline:${name}`, trainingScores, chooseThreshold(heldOut, falseAlarmRate).value);
  }
  return metrics;
}

function figuresOf(
  { labels, table, logs }: TrainingData,
  detectors: FittedTraffic["detectors"],
  judged: JudgedBy,
  { flaggedOverTime, unusualHosts }: Diagnostics,
  falseAlarmRate: number,
): Record<string, Figure> {
  const names = logs.length === 1 ? logs[0].name : `${logs.length} logs`;
  const learned = labels ? "usual connections" : "connections";
  const [{ fitRows, heldOutRows }] = Object.values(detectors);
  const later = Math.round((100 * heldOutRows.length) / (fitRows.length + heldOutRows.length));
  const protocol = `Fit on the earlier ${100 - later} % of the ${learned} of ${names}, thresholds from the later ${later} %, scored on all`;
  const oneLabel = { codes: new Uint8Array(table.rows), categories: ["normal"] };
  const shared = {
    labels: labels ? withNormal(labels) : ({ kind: "nominal", name: "label", ...oneLabel } as const),
    titles: labels
      ? { normal: "Benign", other: "Other labels", anomalous: "Other labels" }
      : { normal: "All connections" },
  };
  const distributions = trainedDetectors.map(({ kind, scores: { title: axisTitle, scale } }) => {
    const threshold = detectors[kind].threshold.value;
    const title = `${modelTitle(kind)}: scores`;
    const shown = { ...shared, scores: judged[kind].scores, threshold, axisTitle, scale };
    return [`scores-${kind}`, scoreDistributionFigure(shown, { title, protocol })] as const;
  });
  const fitted = Object.values(detectors).map(({ detector }) => detector);
  return {
    ...Object.fromEntries(distributions),
    "flagged-over-time": flaggedOverTimeFigure(flaggedOverTime, falseAlarmRate / trainedDetectors.length, {
      protocol: `${protocol}; dashed: the false-alarm rate of each detector`,
    }),
    "unusual-hosts": unusualHostsFigure(unusualHosts, { protocol }),
    ...lossFigures(fitted, { protocol }),
  };
}
