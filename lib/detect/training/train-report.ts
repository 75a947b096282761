import { capitalised, formatCount, formatScore, formatShare } from "../../common/format";
import { flagsNothing } from "../../evaluation/metrics";
import { trainedDetectors } from "../../models/detectors";
import type { Figure } from "../../visualize/figure";
import { modelStyles, modelTitle, palette } from "../../visualize/palette";
import { lossTables } from "../../visualize/report/loss-tables";
import type { Block, LegendLine, Report, TableBlock } from "../../visualize/report/report";
import { runTables } from "../../visualize/report/run-table";
import type { UnusualHost } from "../../visualize/traffic/unusual-hosts";
import { fewConnectionsNotice } from "../model/traffic-model";
import type { FittedTraffic } from "./fit";
import type { TrainResult } from "./train-result";

/** What training learned of a network. It holds no times, so that the same logs give the same bytes. */
export function trainingReport(
  fitted: FittedTraffic,
  result: TrainResult,
  figures: Readonly<Record<string, Figure>>,
  command: readonly string[],
): Report {
  const { model, reading, flaggedShare, promisedRate, unusualHosts, metrics } = result;
  const detectors = Object.values(fitted.detectors).map(({ detector }) => detector);
  const settings = Object.fromEntries(detectors.map((own) => [own.kind, own.settings]));
  const figure = (name: string): Block[] =>
    figures[name] ? [{ kind: "figure", figure: figures[name] }] : [];
  const inputs = result.logs;
  const doubts = trainingDoubts(fitted, result);
  return {
    title: `What is usual: the traffic model ${model}`,
    lead: [
      `It learned from ${formatCount(reading.connections)} connections. Of all of them it flags ${formatShare(flaggedShare.any)}; of usual ones to come it promises at most ${formatShare(promisedRate)} on average.`,
    ],
    legend: trafficLegend(trainedDetectors.map(({ kind }) => kind)),
    sections: [
      { title: "Hosts", blocks: [...figure("unusual-hosts"), hostTable(unusualHosts)] },
      { title: "Over time", blocks: figure("flagged-over-time") },
      {
        title: "Scores",
        blocks: [...trainedDetectors.flatMap(({ kind }) => figure(`scores-${kind}`)), quantileTable(result)],
      },
      ...(metrics ? [{ title: "Figures", blocks: [metricsTable(metrics)] }] : []),
      { title: "Training", blocks: [...figure("training-loss-autoencoder"), ...lossTables(detectors)] },
      { title: "What was run", blocks: runTables({ command, inputs, settings }, trainingFacts(result)) },
      { title: "What to distrust", blocks: [{ kind: "list", items: doubts }] },
    ],
  };
}

/** What the colours of detectors mean, and that of what they find together. */
export function trafficLegend(names: readonly string[]): LegendLine[] {
  const styles = modelStyles(names);
  return [
    {
      title: "Detectors",
      entries: names.map((name, i) => ({ title: modelTitle(name), colour: styles[i].colour })),
    },
    { title: "Bars", entries: [{ title: "hosts, by all detectors", colour: palette[1] }] },
  ];
}

/** The most unusual hosts. */
export function hostTable(hosts: readonly UnusualHost[]): TableBlock {
  return {
    kind: "table",
    title: "Hosts of whose connections more are flagged than expected",
    columns: ["Host", "connections", "flagged", "beyond the expected"],
    rows: hosts.map(({ host, connections, flagged, excess }) => [
      host,
      formatCount(connections),
      formatCount(flagged),
      excess.toFixed(1),
    ]),
  };
}

function trainingFacts(result: TrainResult): [string, string][] {
  const { seed, backend, falseAlarmRate, fitted, heldOut, libraryVersion } = result;
  return [
    ["Seed", String(seed)],
    ["Backend of the autoencoder", backend],
    ["Version", `traffic-anomaly ${libraryVersion}`],
    ["False-alarm rate asked for", formatShare(falseAlarmRate)],
    ["Fitted on", `the earlier ${formatCount(fitted)} usual connections`],
    ["Thresholds from", `the ${formatCount(heldOut)} after them`],
  ];
}

function quantileTable({ scores }: TrainResult): TableBlock {
  const shares = Object.keys(Object.values(scores)[0].quantiles).sort((a, b) => Number(a) - Number(b));
  return {
    kind: "table",
    title: "Quantiles of the scores of all connections",
    columns: ["Detector", "threshold", ...shares.map((share) => `${Number(share) * 100} %`)],
    rows: Object.entries(scores).map(([name, { threshold, quantiles }]) => [
      modelTitle(name),
      formatScore(threshold),
      ...shares.map((share) => formatScore(quantiles[share])),
    ]),
    folded: true,
  };
}

function metricsTable(metrics: NonNullable<TrainResult["metrics"]>): TableBlock {
  return {
    kind: "table",
    title: "Held-out usual connections and all attacks, by the logs' labels",
    columns: ["Detector", "ROC AUC", "average precision", "precision", "recall", "false alarms"],
    rows: Object.entries(metrics).map(([name, figures]) => {
      const { rocAuc, averagePrecision, precision = 0, recall = 0, falseAlarmRate = 0 } = figures;
      const verdicts = [precision, recall, falseAlarmRate].map((value) =>
        flagsNothing(figures) ? "–" : value.toFixed(4),
      );
      return [modelTitle(name), rocAuc.toFixed(4), averagePrecision.toFixed(4), ...verdicts];
    }),
  };
}

/** Days that a network repeats itself in. */
const week = 7;

function trainingDoubts(fitted: FittedTraffic, result: TrainResult): string[] {
  const { flaggedOverTime, flaggedShare, promisedRate, labels, reading } = result;
  const starts = flaggedOverTime.map(({ start }) => start);
  const days = (starts[starts.length - 1] - starts[0]) / 86_400;
  const few = fewConnectionsNotice(fitted);
  return [
    days < week &&
      `The logs cover ${days < 1 ? `${(24 * days).toFixed(1)} hours` : `${days.toFixed(1)} days`}: what is usual on other days of a week is not known.`,
    flaggedShare.any > 2 * promisedRate &&
      `${formatShare(flaggedShare.any)} of the connections are flagged, where ${formatShare(promisedRate)} was promised: they hold anomalies, or changed while they were logged.`,
    !labels && "No connection has a label: whatever happened in these logs counts as usual, an attack too.",
    few && `${capitalised(few)}.`,
    ...readingDoubts(reading),
  ].filter((doubt) => typeof doubt === "string");
}

/** What was met while logs were read. */
export function readingDoubts({
  badLines,
  lateConnections,
  clockJumps,
  gaps,
}: Omit<TrainResult["reading"], "connections">): string[] {
  return [
    badLines > 0 && `${formatCount(badLines)} lines could not be read and were left out.`,
    lateConnections > 0 && `${formatCount(lateConnections)} connections came late in their logs.`,
    clockJumps > 0 && `The clock of the logs went back ${formatCount(clockJumps)} times.`,
    gaps > 0 &&
      `Parts of ${formatCount(gaps)} connections were not seen: they sent more bytes than the logs say.`,
  ].filter((doubt) => typeof doubt === "string");
}
