import { formatCount, formatCounted } from "../../common/format";
import type { Discoveries } from "../../models/p-values";
import type { UnusualHost } from "../../visualize/traffic/unusual-hosts";
import type { AllowLine } from "../alerts/allow-list";
import type { Drift } from "../drift";
import type { Incident } from "../incidents/incident";
import { fewConnectionsNotice, promisedRateOf } from "../model/traffic-model";
import type { Findings, Monitor } from "../monitor";
import type { ReadingCounts } from "../ordered-connections";
import type { ViewMonitor } from "../views/view-monitor";

/** What scoring found; of the alerts raised fewer are written with `top`. */
export interface ScoreTrafficResult extends Readonly<Findings> {
  readonly connections: number;
  /** Rows of each view that were judged, and those of the alerts that are theirs. */
  readonly views: ViewMonitor["counts"];
  /** Where a false discovery rate was asked for. */
  readonly discoveries?: Discoveries;
  /** Says that much more is flagged than a model of few connections promised. */
  readonly budgetWarning?: string;
  /** The lines of the allow list that allowed something, or would have if they had not expired. */
  readonly allowed?: readonly AllowLine[];
  readonly reading: Omit<ReadingCounts, "connections">;
  readonly drift: Drift;
  /** Incidents: those closed, and those open when the logs end. */
  readonly incidentCount: number;
  /** At most 100 of them, the most risky first. */
  readonly incidents: readonly Incident[];
  /** Hosts that started connections, ranked by alerts beyond the expected. */
  readonly unusualHosts: readonly UnusualHost[];
  /** The file written; undefined for the standard output. */
  readonly path?: string;
}

/** Hosts that a summary names. */
const shownHosts = 10;

/** What a monitor found, with what was met while reading. */
export function scoreResult(
  monitor: Monitor,
  { connections, ...reading }: ReadingCounts,
  path?: string,
  discoveries?: Discoveries,
): ScoreTrafficResult {
  return {
    connections,
    ...monitor.findings,
    silenced: monitor.findings.silenced + silencedRows(monitor.views.counts),
    views: monitor.views.counts,
    ...(discoveries ? { discoveries } : budgetWarning(monitor, connections)),
    ...(monitor.allowed && {
      allowed: monitor.allowed
        .filter(({ silenced, expired }) => silenced + expired > 0)
        .map((line) => ({ ...line })),
    }),
    reading,
    drift: monitor.drift.drift,
    incidentCount: monitor.incidents.count,
    incidents: monitor.incidents.top,
    unusualHosts: monitor.hosts.top(shownHosts),
    ...(path !== undefined && { path }),
  };
}

/** Alerts on connections: all but those on rows of views. */
export function connectionAlerts({ alerts, views }: Pick<ScoreTrafficResult, "alerts" | "views">): number {
  return Object.values(views).reduce((left, { alerts }) => left - alerts, alerts);
}

/** Unusual rows of views that the list allows. */
function silencedRows(views: ScoreTrafficResult["views"]): number {
  return Object.values(views).reduce((sum, { silenced }) => sum + silenced, 0);
}

/** Says what the list silenced; undefined where nothing was. */
export function silencedNotice({ silenced, views }: ScoreTrafficResult): string | undefined {
  if (silenced === 0) return undefined;
  const connections = silenced - silencedRows(views);
  const said = connections > 0 ? [formatCounted(connections, "anomalous connection")] : [];
  for (const { title, silenced } of Object.values(views))
    if (silenced > 0)
      said.push(`${formatCount(silenced)} ${silenced === 1 ? title.replace("s", "") : title}`);
  return `${said.join(" and ")} raised no alert: the list allows ${silenced === 1 ? "it" : "them"}`;
}

function budgetWarning(
  { model, findings, views }: Monitor,
  connections: number,
): Pick<ScoreTrafficResult, "budgetWarning"> {
  const alerts = connectionAlerts({ ...findings, views: views.counts });
  const share = (alerts + findings.silenced) / Math.max(1, connections);
  const promised = promisedRateOf(model);
  if (fewConnectionsNotice(model) === undefined || share <= 2 * promised) return {};
  const [{ threshold, training }] = Object.values(model.detectors);
  const percent = (value: number) => `${Number((100 * value).toPrecision(2))} %`;
  const learned = training.dataset ? `${training.dataset.rows} connections` : "few connections";
  return {
    budgetWarning: `${percent(share)} of the connections are flagged, where ${percent(promised)} was promised of such as the ${threshold.rows} held out in training: a model of ${learned} does not know what is usual; train it on more`,
  };
}
