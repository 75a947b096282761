import type { Table } from "../data/table";
import type { ScoreOptions } from "../models/detector";
import type { TrainedDetectorName } from "../models/detectors";
import { combinedPValues, lowestPValue, scoreAtPValue } from "../models/p-values";
import type { Connection } from "../traffic/connection";
import { connectionTable } from "../traffic/connection-table";
import { LocalNetworks } from "../traffic/local-networks";
import type { LogForm } from "../traffic/logs/format";
import { formNamed } from "../traffic/logs/formats";
import type { ViewsState } from "../traffic/views/view";
import { timeOf } from "../traffic/windows/event";
import { type WarmState, WarmWindows } from "../traffic/windows/warm-windows";
import { createAlert } from "./alerts/alert";
import type { AllowLine, AllowList } from "./alerts/allow-list";
import { DriftMeter } from "./drift";
import type { Incident } from "./incidents/incident";
import { type IncidentsState, IncidentTracker } from "./incidents/incident-tracker";
import { isAnomalous, Judge, type Judged, type Verdict } from "./judge";
import { withoutLacking } from "./log-forms";
import { falseAlarmRateOf, type TrafficModel } from "./model/traffic-model";
import { HostRanking, type RankedAlert } from "./ranking";
import { settleFeatures } from "./settle-features";
import { Timeline } from "./timeline";
import { rowKinds } from "./views/row-kinds";
import { createViewAlert, rowAlertId } from "./views/view-alert";
import { type UnusualRow, ViewMonitor } from "./views/view-monitor";

/** What a monitor found so far. */
export interface Findings {
  alerts: number;
  /** Connections that each detector found anomalous, those that the list allows included. */
  readonly flagged: Partial<Record<TrainedDetectorName, number>>;
  /** Flagged connections that raised no alert, since the list allows them; in a result unusual rows of views, too. */
  silenced: number;
}

export interface MonitorOptions extends ScoreOptions {
  /** What the windows know of the connections before. Default: what they knew at the end of training. */
  readonly remembered?: WarmState;
  /** Whether the connections are of another log than those before, or go on where these ended. Default true. */
  readonly isNewLog?: boolean;
  /** Whether no other monitor will go on from this one: it need not remember what its windows know. Default false. */
  readonly isLast?: boolean;
  /** What the views remember of the connections before. Default: what they knew at the end of training. */
  readonly views?: ViewsState;
  /** The incidents that may go on. Default: none. */
  readonly incidents?: IncidentsState;
  /** Is told what the detectors say of each block of connections. */
  readonly onJudged?: (
    connections: readonly Connection[],
    judged: readonly Judged[],
    features: Table,
  ) => void;
  /** See {@link IncidentTracker}. */
  readonly onIncident?: (incident: Incident) => void;
}

/**
 * Judges connections that come in order of time, block by block: a connection raises an alert when the score of some
 * detector is greater than its threshold. However a log is cut into blocks, the alerts are the same.
 */
export class Monitor {
  readonly findings: Findings = { alerts: 0, flagged: {}, silenced: 0 };
  readonly views: ViewMonitor;
  readonly hosts: HostRanking;
  readonly timeline: Timeline;
  readonly drift: DriftMeter;
  readonly incidents: IncidentTracker;
  readonly #judge: Judge;
  readonly #windows: WarmWindows;
  readonly #form: LogForm;
  readonly #networks: LocalNetworks;

  constructor(
    readonly model: TrafficModel,
    private readonly allowList?: AllowList,
    private readonly options: MonitorOptions = {},
  ) {
    this.#judge = new Judge(model.detectors, model.usual, options);
    const { remembered = model.remembered, isNewLog = true, isLast } = options;
    this.#windows = isNewLog ? WarmWindows.ofNextLog(remembered, isLast) : WarmWindows.ofSameLog(remembered);
    this.#form = formNamed(model.logForm);
    this.#networks = new LocalNetworks(model.local);
    const { timeBase } = model.windows;
    this.views = new ViewMonitor(model.views, this.#networks, timeBase, allowList, options.views, options);
    this.hosts = new HostRanking(falseAlarmRateOf(model));
    this.timeline = new Timeline(this.#judge.names);
    this.drift = new DriftMeter(model);
    this.incidents = new IncidentTracker(options.incidents, options.onIncident);
    for (const name of this.#judge.names) this.findings.flagged[name] = 0;
  }

  /** A new monitor, that flags the connections with a p-value, by all detectors together, of at most p, and no rows of views. */
  atPValue(p: number): Monitor {
    const own = Object.entries(this.model.detectors);
    const detectors = own.map(([name, { threshold, ...model }]) => {
      const value = scoreAtPValue(p, threshold, own.length);
      return [name, { ...model, threshold: { ...threshold, value, rate: p / own.length } }];
    });
    const model = { ...this.model, detectors: Object.fromEntries(detectors), views: {} };
    return new Monitor(model, this.allowList, this.options);
  }

  /** The lines of the allow list, and what they did; undefined without a list. */
  get allowed(): readonly AllowLine[] | undefined {
    return this.allowList?.lines;
  }

  /** The lowest p-value that a connection can have. */
  get lowestPValue(): number {
    const own = Object.values(this.model.detectors);
    return own.length * Math.min(...own.map(({ threshold }) => lowestPValue(threshold)));
  }

  /** What the windows know by now, for a monitor that goes on from here. */
  get remembered(): WarmState {
    return this.#windows.state;
  }

  /** The features of the next connections. Call it once for each, in order. */
  features(connections: readonly Connection[]): Table {
    const coldRows = Math.min(connections.length, this.#windows.coldConnections);
    const table = withoutLacking(connectionTable(connections, this.#windows), this.#form);
    return settleFeatures(table, this.model.usual, { coldRows });
  }

  /** P-values of connections, by all detectors together. */
  async pValues(table: Table): Promise<Float64Array> {
    return combinedPValues((await this.#judge.judgements(table)).map(({ pValues }) => pValues));
  }

  /** The alerts of connections, in their order. */
  async alerts(connections: readonly Connection[], table: Table): Promise<RankedAlert[]> {
    if (connections.length === 0) return [];
    const judged = await this.#judge.judgements(table);
    this.drift.add(table, Object.fromEntries(judged.map(({ name, scores }) => [name, scores])));
    this.options.onJudged?.(connections, judged, table);
    const rows = this.#rowsToAlert(connections, judged);
    const found = rows.map((row) => ({ row, connection: connections[row] }));
    const verdicts = await this.#judge.verdicts(table, judged, found);
    const unusual = await this.views.add(connections);
    const alerts: RankedAlert[] = [];
    let [next, nextRow] = [0, 0];
    for (let row = 0; row < connections.length; row++) {
      const connection = connections[row];
      this.incidents.passTime(timeOf(connection, this.model.windows.timeBase));
      while (unusual[nextRow]?.before === row) alerts.push(this.#viewAlert(unusual[nextRow++]));
      if (rows[next] === row) alerts.push(this.#alert(connection, verdicts[next++]));
    }
    return alerts;
  }

  /** The alerts of the rows of views that are not over: no more connections will come. */
  async lastAlerts(): Promise<RankedAlert[]> {
    return (await this.views.end()).map((unusual) => this.#viewAlert(unusual));
  }

  /** The rows that some detector flags and the list does not allow. Counts what was found. */
  #rowsToAlert(connections: readonly Connection[], judged: readonly Judged[]): number[] {
    const { findings } = this;
    const rows: number[] = [];
    for (const { name, flags } of judged)
      findings.flagged[name]! += flags.reduce((count, flag) => count + flag, 0);
    this.timeline.add(
      connections,
      judged.map(({ flags }) => flags),
    );
    for (let row = 0; row < connections.length; row++) {
      const connection = connections[row];
      const isFlagged = isAnomalous(judged, row);
      const isAllowed = isFlagged && this.allowList?.allows(connection);
      if (isAllowed) findings.silenced++;
      else if (isFlagged) rows.push(row);
      this.hosts.add(connection.sourceHost, isFlagged && !isAllowed);
    }
    findings.alerts += rows.length;
    return rows;
  }

  #alert(connection: Connection, verdict: Verdict): RankedAlert {
    const isNewService =
      verdict.novel.some(({ feature }) => feature === "service") || this.views.ofNewService.has(connection);
    const direction = this.#networks.directionOf(connection);
    const noticed = { connection, ...verdict, isNewService, direction };
    const incident = this.incidents.add(noticed);
    const alert = createAlert({ connection, direction, ...verdict, model: this.model.name, incident });
    return { alert, excess: verdict.excess };
  }

  #viewAlert(unusual: UnusualRow): RankedAlert {
    const { row, verdict } = unusual;
    const noticed = { id: rowAlertId(unusual), row, ...verdict, kinds: rowKinds(row) };
    const incident = this.incidents.addRow(noticed);
    this.findings.alerts++;
    return {
      alert: createViewAlert(unusual, { model: this.model.name, incident }),
      excess: verdict.excess,
    };
  }
}
