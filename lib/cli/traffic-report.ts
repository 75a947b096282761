import type { ScoreTrafficResult } from "../detect/score";
import type { TrainResult } from "../detect/train";
import { detectorTitle, trainedDetectors } from "../models/detectors";
import { formatCount, formatShare } from "../visualize/format";

/** What training found, for people. */
export function trainReport(result: TrainResult, paths: readonly string[]): string {
  const { reading, fitted, heldOut, labels, falseAlarmRate, metrics, flaggedShare, unusualHosts } = result;
  const lines = [
    `${formatCount(reading.connections)} connections in ${result.logs.length === 1 ? result.logs[0].name : `${result.logs.length} logs`}${remarks(reading)}`,
    ...(labels
      ? [
          `Labels: ${Object.entries(labels)
            .map(([label, count]) => `${label} ${formatCount(count)}`)
            .join(", ")}; only benign or normal connections were learned from`,
        ]
      : []),
    `Fitted on ${formatCount(fitted)}, thresholds from the ${formatCount(heldOut)} after them: together the detectors flag at most ${formatShare(falseAlarmRate)} of such`,
    `Backend of the autoencoder: ${result.backend}; seed ${result.seed}`,
    "",
    `Of all connections flagged: ${trainedDetectors.map(({ kind, title }) => `${title} ${formatShare(flaggedShare[kind])}`).join(", ")}, either ${formatShare(flaggedShare.any)}`,
    ...hostLines(unusualHosts),
  ];
  if (metrics) {
    lines.push(
      "",
      "Held-out usual connections and all attacks",
      row("", ["ROC AUC", "precision", "recall", "false alarms"]),
    );
    for (const [name, { rocAuc, precision, recall, falseAlarmRate }] of Object.entries(metrics)) {
      lines.push(
        row(
          detectorTitle(name),
          [rocAuc, precision, recall, falseAlarmRate].map((value) => (value ?? 0).toFixed(4)),
        ),
      );
    }
  }
  return [...lines, "", "Written:", ...paths.map((path) => `  ${path}`)].join("\n");
}

/** What scoring found, for people. */
export function scoreReport(result: ScoreTrafficResult): string {
  const { connections, alerts, flagged, silenced, reading, drift, unusualHosts, path } = result;
  const detectors = Object.entries(flagged).map(
    ([kind, count]) => `${detectorTitle(kind)} ${formatCount(count)}`,
  );
  return [
    `${formatCount(connections)} connections scored, ${formatCount(alerts)} alerts (${detectors.join(", ")})${remarks(reading)}`,
    ...(silenced > 0
      ? [`${formatCount(silenced)} anomalous connections raised no alert: the list allows them`]
      : []),
    ...(drift.warning ? [drift.warning] : []),
    ...hostLines(unusualHosts),
    ...(path === undefined ? [] : [`Written: ${path}`]),
  ].join("\n");
}

function hostLines(hosts: ScoreTrafficResult["unusualHosts"]): string[] {
  if (hosts.length === 0) return [];
  return [
    "Most unusual hosts:",
    ...hosts
      .slice(0, 5)
      .map(
        ({ host, connections, flagged }) =>
          `  ${host}: ${formatCount(flagged)} of ${formatCount(connections)} connections flagged`,
      ),
  ];
}

function remarks({ badLines, lateConnections, clockJumps }: ScoreTrafficResult["reading"]): string {
  const found = [
    ...(badLines > 0 ? [`${counted(badLines, "bad line")} skipped`] : []),
    ...(lateConnections > 0 ? [`${formatCount(lateConnections)} came late`] : []),
    ...(clockJumps > 0 ? [`the clock went back ${counted(clockJumps, "time")}`] : []),
  ];
  return found.length > 0 ? `; ${found.join(", ")}` : "";
}

function counted(count: number, what: string): string {
  return `${formatCount(count)} ${what}${count === 1 ? "" : "s"}`;
}

function row(name: string, values: readonly string[]): string {
  return `  ${name.padEnd(22)}${values.map((value) => value.padStart(14)).join("")}`;
}
