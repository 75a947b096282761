import { capitalised, formatCount, formatScore, formatShare } from "../../common/format";
import type { Figure } from "../../visualize/figure";
import { modelTitle } from "../../visualize/palette";
import type { Block, Report, TableBlock } from "../../visualize/report/report";
import { runTables } from "../../visualize/report/run-table";
import { type FlaggedStretch, flaggedOverTimeFigure } from "../../visualize/traffic/flagged-over-time";
import { unusualHostsFigure } from "../../visualize/traffic/unusual-hosts";
import type { AnyAlert } from "../alerts/alert";
import type { Incident } from "../incidents/incident";
import { falseAlarmRateOf, type TrafficModel } from "../model/traffic-model";
import { hostTable, readingDoubts, trafficLegend } from "../training/train-report";
import { connectionAlerts, type ScoreTrafficResult, silencedNotice } from "./score-result";

/** What scoring found, for a report on it. */
interface ScoreFindings {
  readonly result: ScoreTrafficResult;
  readonly model: TrafficModel;
  readonly timeline: readonly FlaggedStretch[];
  /** The alerts farthest beyond their thresholds. */
  readonly alerts: readonly AnyAlert[];
  /** Names of logs and folders. */
  readonly logs: readonly string[];
  readonly command: readonly string[];
}

/** Alerts that a report has. */
export const reportedAlerts = 20;

/** Incidents, timeline, hosts and drift of some logs. */
export function scoreReport({ result, model, timeline, alerts, logs, command }: ScoreFindings): Report {
  const { connections, incidentCount, incidents, unusualHosts } = result;
  const names = Object.keys(model.detectors);
  const protocol = `Scored ${logs.length === 1 ? logs[0] : `${logs.length} logs`} with the model ${model.name}`;
  const expected = falseAlarmRateOf(model) / names.length;
  const figures: readonly Figure[] = [
    flaggedOverTimeFigure(timeline, expected, { protocol }),
    unusualHostsFigure(unusualHosts, { protocol }),
  ];
  const [overTime, hosts] = figures.map((figure): Block => ({ kind: "figure", figure }));
  const settings = Object.fromEntries(
    Object.values(model.detectors).map(({ detector }) => [detector.kind, detector.settings]),
  );
  return {
    title: `Incidents in ${logs.length === 1 ? logs[0] : `${logs.length} logs`}`,
    lead: [
      `Of ${formatCount(connections)} connections ${formatCount(connectionAlerts(result))} raised an alert, in ${formatCount(incidentCount)} incidents.`,
      ...Object.values(result.views).map(
        ({ title, rows, alerts }) => `Of ${formatCount(rows)} ${title} ${formatCount(alerts)} raised one.`,
      ),
    ],
    legend: trafficLegend(names),
    sections: [
      { title: "Incidents", blocks: incidentTables(incidents, incidentCount) },
      { title: "Timeline", blocks: timeline.length > 0 ? [overTime] : [] },
      { title: "Hosts", blocks: unusualHosts.length > 0 ? [hosts, hostTable(unusualHosts)] : [] },
      { title: "Drift", blocks: driftBlocks(result) },
      { title: "The most anomalous connections, hosts and pairs", blocks: [alertTable(alerts)] },
      {
        title: "What was run",
        blocks: runTables({ command, inputs: model.logs, settings }, scoreFacts(model, logs)).map((table) =>
          table.title === "The data" ? { ...table, title: "The logs that the model learned from" } : table,
        ),
      },
      { title: "What to distrust", blocks: [{ kind: "list", items: scoreDoubts(result) }] },
    ],
  };
}

/** Incidents that are shown at once; the others are folded away. */
const shownIncidents = 20;

function incidentTables(incidents: readonly Incident[], count: number): TableBlock[] {
  const table = (title: string, from: number, to: number, folded: boolean): TableBlock => ({
    kind: "table",
    title,
    columns: ["Risk and kind", "host", "when", "what", "reasons"],
    rows: incidents.slice(from, to).map(incidentCells),
    folded,
  });
  const rest = incidents.length - shownIncidents;
  const left = count > incidents.length ? ` of ${formatCount(count)} in all` : "";
  return [
    table("The most risky first", 0, shownIncidents, false),
    ...(rest > 0 ? [table(`${rest} more${left}`, shownIncidents, incidents.length, true)] : []),
  ];
}

function incidentCells(incident: Incident): string[] {
  const { risk, kinds, host, role, connections, failed, sources, hosts, ports, bytesOut, bytesIn } = incident;
  const [first, last] = [incident.first, incident.last].map((time) => time.slice(0, 19).replace("T", " "));
  const others = role === "source" ? `${formatCount(hosts)} hosts` : `${formatCount(sources)} sources`;
  return [
    `${risk.toFixed(2)} ${kinds.join(", ")}`,
    `${host} (${role})`,
    first === last ? first : `${first} to ${last}`,
    `${formatCount(connections)} connections, ${formatCount(failed)} failed; ${others}, ${formatCount(ports)} ports; ${formatCount(bytesOut)} bytes out, ${formatCount(bytesIn)} in`,
    incident.reasons.map(({ text }) => text).join("; "),
  ];
}

function alertTable(alerts: readonly AnyAlert[]): TableBlock {
  return {
    kind: "table",
    title: "Farthest beyond the thresholds first",
    columns: ["Time", "risk", "p-value", "connection and reasons"],
    rows: alerts.map(({ "@timestamp": time, event, message, traffic_anomaly: { p_value } }) => [
      time.slice(0, 19).replace("T", " "),
      event.risk_score.toFixed(2),
      formatScore(p_value),
      message,
    ]),
  };
}

function driftBlocks({ drift }: ScoreTrafficResult): Block[] {
  const { stability, unseenShare, unseen, warning } = drift;
  const words = warning ?? "The traffic looks like what the model learned, as far as scores and names tell.";
  return [
    { kind: "list", items: [`${capitalised(words)}${warning ? "." : ""}`] },
    {
      kind: "table",
      title: "Population stability index of the scores: a notice where all are above 1",
      columns: ["Detector", "index"],
      rows: Object.entries(stability).map(([name, index]) => [modelTitle(name), index.toFixed(3)]),
    },
    {
      kind: "list",
      items: [
        `${formatShare(unseenShare)} of the connections have a name that training did not see${unseen.length > 0 ? `: ${unseen.join(", ")}` : ""}.`,
      ],
    },
  ];
}

function scoreFacts({ name, detectors }: TrafficModel, logs: readonly string[]): [string, string][] {
  const [{ training }] = Object.values(detectors);
  return [
    ["Logs", logs.join(", ")],
    ["Model", name],
    ["Seed of its training", String(training.seed)],
    ...Object.values(detectors).map(({ detector, threshold }): [string, string] => [
      `Threshold of the ${detector.kind}`,
      `${formatScore(threshold.value)}, from ${formatCount(threshold.rows)} connections held out`,
    ]),
  ];
}

function scoreDoubts(result: ScoreTrafficResult): string[] {
  const { budgetWarning, drift, reading, discoveries } = result;
  const silenced = silencedNotice(result);
  return [
    budgetWarning && `${capitalised(budgetWarning)}.`,
    drift.warning && "The traffic has drifted: the promised false-alarm rate does not hold of it.",
    silenced && `${silenced}.`,
    discoveries &&
      `Alerts are by a false discovery rate of ${formatShare(discoveries.rate)}, not by the model's thresholds.`,
    ...readingDoubts(reading),
    "No alert proves an attack, and what looks usual raises none.",
  ].filter((doubt) => doubt !== undefined);
}
