import { capitalised, formatCount, formatCounted, formatShare } from "../common/format";
import type { Incident } from "../detect/incidents/incident";
import { mostDistinct } from "../detect/incidents/open-incident";
import { type ScoreTrafficResult, silencedNotice } from "../detect/score/score-result";
import type { TrainResult } from "../detect/training/train-result";
import { flagsNothing } from "../evaluation/metrics";
import { detectorTitle, trainedDetectors } from "../models/detectors";
import type { Discoveries } from "../models/p-values";

/** What training found, for people. */
export function trainReport(result: TrainResult, paths: readonly string[]): string {
  const { reading, fitted, heldOut, labels, promisedRate, metrics, flaggedShare, unusualHosts } = result;
  const lines = [
    `${formatCount(reading.connections)} connections in ${result.logs.length === 1 ? result.logs[0].name : `${result.logs.length} logs`}${remarks(reading)}`,
    ...(labels
      ? [
          `Labels: ${Object.entries(labels)
            .map(([label, count]) => `${label} ${formatCount(count)}`)
            .join(", ")}; only benign or normal connections were learned from`,
        ]
      : []),
    `Fitted on ${formatCount(fitted)}, thresholds from the ${formatCount(heldOut)} after them: together the detectors flag at most ${formatShare(promisedRate)} of such on average`,
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
    const silent: string[] = [];
    for (const [name, figures] of Object.entries(metrics)) {
      const { rocAuc, precision, recall, falseAlarmRate } = figures;
      const verdicts = flagsNothing(figures) ? [] : [precision, recall, falseAlarmRate];
      const cells = [0, 1, 2].map((i) => verdicts[i]?.toFixed(4) ?? "–");
      lines.push(row(detectorTitle(name), [rocAuc.toFixed(4), ...cells]));
      if (flagsNothing(figures)) silent.push(detectorTitle(name));
    }
    lines.push(...silent.map((title) => `  ${title} flags none of them: no score is above its threshold`));
  }
  return [...lines, "", "Written:", ...paths.map((path) => `  ${path}`)].join("\n");
}

/** What scoring found, for people. */
export function scoreReport(result: ScoreTrafficResult): string {
  const { connections, alerts, flagged, discoveries, reading, drift, path } = result;
  const silenced = silencedNotice(result);
  const detectors = Object.entries(flagged).map(
    ([kind, count]) => `${detectorTitle(kind)} ${formatCount(count)}`,
  );
  return [
    `${formatCount(connections)} connections scored, ${formatCount(alerts)} alerts (${detectors.join(", ")})${remarks(reading)}`,
    ...viewLines(result),
    ...(discoveries ? [capitalised(discoveryRule(discoveries, "connections"))] : []),
    ...(silenced ? [silenced] : []),
    ...allowLines(result),
    ...(result.budgetWarning ? [result.budgetWarning] : []),
    ...(drift.warning ? [drift.warning] : []),
    ...incidentLines(result),
    ...(path === undefined ? [] : [`Written: ${path}`]),
  ].join("\n");
}

/** Lines of an allow list that a summary shows. */
const shownLines = 10;

function allowLines({ allowed = [] }: ScoreTrafficResult): string[] {
  const rest = allowed.length - shownLines;
  return [
    ...allowed.slice(0, shownLines).map(({ line, text, silenced, expired }) => {
      const counts = [
        ...(silenced > 0 ? [`allowed ${formatCount(silenced)}`] : []),
        ...(expired > 0 ? [`has expired, and would have allowed ${formatCount(expired)}`] : []),
      ];
      return `  line ${line}, ${text}: ${counts.join("; ")}`;
    }),
    ...(rest > 0 ? [`  ${formatCounted(rest, "more line")} of the list`] : []),
  ];
}

/** `102 hours of hosts judged, 2 alerts; 403 hours of pairs, 5 alerts`. */
function viewLines({ views }: ScoreTrafficResult): string[] {
  const judged = Object.values(views).map(
    ({ title, rows, alerts }, i) =>
      `${formatCount(rows)} ${title}${i === 0 ? " judged" : ""}, ${formatCounted(alerts, "alert")}`,
  );
  return judged.length > 0 ? [judged.join("; ")] : [];
}

/** How a false discovery rate judged a batch, and where none of it can be reported, what would be needed. */
export function discoveryRule(
  { rate, rows, reported, highestPValue, lowestPValue }: Discoveries,
  what: string,
): string {
  const short = (p: number) => Number(p.toPrecision(3));
  const asked = `a false discovery rate of ${short(100 * rate)} %`;
  if (reported > 0) return `p-value ≤ ${short(highestPValue)}, by ${asked}`;
  const needed = Math.ceil((rows * lowestPValue) / rate);
  const lowest = `no p-value of the model is below ${short(lowestPValue)}`;
  return needed > rows
    ? `${asked} can report none: ${lowest}`
    : `${asked} reports none: ${lowest}, which at least ${formatCount(needed)} ${what} would have to have`;
}

/** Incidents that a summary shows. */
const shownIncidents = 10;

function incidentLines({ incidentCount, incidents }: ScoreTrafficResult): string[] {
  if (incidentCount === 0) return [];
  const isAll = incidentCount <= shownIncidents;
  return [
    `${formatCounted(incidentCount, "incident")}, the most risky first${isAll ? "" : `, ${shownIncidents} of them`}:`,
    ...incidents.slice(0, shownIncidents).map((incident) => `  ${incidentLine(incident)}`),
  ];
}

/** `99.95  sweep by 10.66.6.6, 2026-11-20 09:12:44 to 09:12:46: 200 connections (200 failed) to 200 hosts, 1 port`. */
function incidentLine(incident: Incident): string {
  const { risk, kinds, role, host, first, last, connections, failed, sources, hosts, ports } = incident;
  const { bytesOut, bytesIn } = incident;
  const what = kinds[0] === "other" ? "unusual connections" : kinds.join(", ");
  const who = role === "source" ? `by ${host}` : `on ${host} from ${many(sources, "source")}`;
  const [start, end] = [first, last].map((time) => time.slice(0, 19).replace("T", " "));
  const until = end.slice(0, 10) === start.slice(0, 10) ? end.slice(11) : end;
  const failures = failed > 0 ? ` (${formatCount(failed)} failed)` : "";
  const reached = [
    ...(role === "source" ? [many(hosts, "host")] : []),
    ...(ports > 0 ? [many(ports, "port")] : []),
  ].join(", ");
  const to = reached === "" ? "" : ` to ${reached}`;
  return `${risk.toFixed(2).padStart(6)}  ${what} ${who}, ${start} to ${until}: ${formatCounted(connections, "connection")}${failures}${to}, ${formatCount(bytesOut)} bytes out, ${formatCount(bytesIn)} in`;
}

/** A number of different things, which are counted up to a limit. */
function many(count: number, what: string): string {
  return count >= mostDistinct ? `${formatCount(count)} or more ${what}s` : formatCounted(count, what);
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

function remarks({ badLines, lateConnections, clockJumps, gaps }: ScoreTrafficResult["reading"]): string {
  const found = [
    ...(badLines > 0 ? [`${formatCounted(badLines, "bad line")} skipped`] : []),
    ...(lateConnections > 0 ? [`${formatCount(lateConnections)} came late`] : []),
    ...(clockJumps > 0 ? [`the clock went back ${formatCounted(clockJumps, "time")}`] : []),
    ...(gaps > 0 ? [`${formatCount(gaps)} with parts that were not seen`] : []),
  ];
  return found.length > 0 ? `; ${found.join(", ")}` : "";
}

function row(name: string, values: readonly string[]): string {
  return `  ${name.padEnd(22)}${values.map((value) => value.padStart(14)).join("")}`;
}
