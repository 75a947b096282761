import type { Table } from "../data/table";
import { featureContributions } from "../models/contributions";
import type { ScoreOptions } from "../models/detector";
import type { TrainedDetectorName } from "../models/detectors";
import { type Model, scoreTable } from "../models/model";
import { combinedPValues, lowestPValue, pValues, scoreAtPValue } from "../models/p-values";
import { verdicts } from "../models/threshold";
import type { TypicalValue } from "../models/typical-values";
import { novelStepsOf } from "../preprocess/novelty";
import type { Step } from "../preprocess/preprocessor";
import type { Connection } from "../traffic/connection";
import { connectionTable } from "../traffic/connection-table";
import type { LogForm } from "../traffic/logs/format";
import { formNamed } from "../traffic/logs/formats";
import { timeOf } from "../traffic/windows/event";
import { type WarmState, WarmWindows } from "../traffic/windows/warm-windows";
import { type AlertScore, createAlert } from "./alert";
import type { AllowList } from "./allow-list";
import { DriftMeter } from "./drift";
import type { Incident } from "./incidents/incident";
import { type IncidentsState, IncidentTracker } from "./incidents/incident-tracker";
import { withoutLacking } from "./log-forms";
import { excess, HostRanking, type RankedAlert, riskScore } from "./ranking";
import { alertReasons } from "./reasons";
import { falseAlarmRateOf, type TrafficModel } from "./traffic-model";

/** What a monitor found so far. */
export interface Findings {
  alerts: number;
  /** Connections that each detector found anomalous, those that the list allows included. */
  readonly flagged: Partial<Record<TrainedDetectorName, number>>;
  /** Flagged connections that raised no alert, since the list allows them. */
  silenced: number;
}

export interface MonitorOptions extends ScoreOptions {
  /** What the windows know of the connections before. Default: what they knew at the end of training. */
  readonly remembered?: WarmState;
  /** Whether the connections are of another log than those before, or go on where these ended. Default true. */
  readonly isNewLog?: boolean;
  /** The incidents that may go on. Default: none. */
  readonly incidents?: IncidentsState;
  /** See {@link IncidentTracker}. */
  readonly onIncident?: (incident: Incident) => void;
}

/** A detector of the model. */
interface Detecting {
  readonly name: TrainedDetectorName;
  readonly model: Model;
  /** The median of the held-out scores. */
  readonly median: number;
  /** Where blocks are made into numbers: see `scoreTable`. */
  readonly memories: Float32Array[];
}

/** What a detector says of a block of connections. */
interface Judged extends Detecting {
  readonly scores: Float64Array;
  readonly pValues: Float64Array;
  /** 1 = anomalous. */
  readonly flags: Uint8Array;
}

/**
 * Judges connections that come in order of time, block by block: a connection raises an alert when the score of some
 * detector is greater than its threshold. However a log is cut into blocks, the alerts are the same.
 */
export class Monitor {
  readonly findings: Findings = { alerts: 0, flagged: {}, silenced: 0 };
  readonly hosts: HostRanking;
  readonly drift: DriftMeter;
  readonly incidents: IncidentTracker;
  readonly #detectors: readonly Detecting[];
  readonly #windows: WarmWindows;
  readonly #form: LogForm;
  readonly #usual: ReadonlyMap<string, TypicalValue>;

  constructor(
    readonly model: TrafficModel,
    private readonly allowList?: AllowList,
    private readonly options: MonitorOptions = {},
  ) {
    this.#detectors = Object.entries(model.detectors).map(([name, model]) => {
      const { scores } = model.threshold;
      const median = scores[Math.floor((scores.length - 1) / 2)];
      return { name: name as TrainedDetectorName, model, median, memories: [] };
    });
    const { remembered = model.remembered, isNewLog = true } = options;
    this.#windows = isNewLog ? WarmWindows.ofNextLog(remembered) : WarmWindows.ofSameLog(remembered);
    this.#form = formNamed(model.logForm);
    this.#usual = new Map(Object.entries(model.usual));
    this.hosts = new HostRanking(falseAlarmRateOf(model));
    this.drift = new DriftMeter(model);
    this.incidents = new IncidentTracker(options.incidents, options.onIncident);
    for (const { name } of this.#detectors) this.findings.flagged[name] = 0;
  }

  /** A new monitor, that flags the connections with a p-value, by all detectors together, of at most p. */
  atPValue(p: number): Monitor {
    const own = Object.entries(this.model.detectors);
    const detectors = own.map(([name, { threshold, ...model }]) => {
      const value = scoreAtPValue(p, threshold, own.length);
      return [name, { ...model, threshold: { ...threshold, value, rate: p / own.length } }];
    });
    const model = { ...this.model, detectors: Object.fromEntries(detectors) };
    return new Monitor(model, this.allowList, this.options);
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
    return withoutLacking(connectionTable(connections, this.#windows), this.#form);
  }

  /** P-values of connections, by all detectors together. */
  async pValues(table: Table): Promise<Float64Array> {
    return combinedPValues((await this.#judgements(table)).map(({ pValues }) => pValues));
  }

  /** The alerts of connections, in their order. */
  async alerts(connections: readonly Connection[], table: Table): Promise<RankedAlert[]> {
    if (connections.length === 0) return [];
    const judged = await this.#judgements(table);
    this.drift.add(table, Object.fromEntries(judged.map(({ name, scores }) => [name, scores])));
    const rows = this.#rowsToAlert(connections, judged);
    const contributions: Float64Array[] = [];
    for (const { model } of judged)
      contributions.push(await featureContributions(model, table, rows, { signal: this.options.signal }));
    const width = table.features.length;
    const [{ steps }] = judged.map(({ model }) => model.preprocessor);
    const novelSteps = novelStepsOf({ steps }, table);
    let passed = 0;
    const alerts = Array.from(rows, (row, i) => {
      for (; passed <= row; passed++) this.incidents.passTime(this.#timeOf(connections[passed]));
      const own = contributions.map((all) => all.subarray(i * width, (i + 1) * width));
      const novel = novelSteps(row).map((step) => steps[step]);
      return this.#alert(connections[row], table, row, judged, own, novel);
    });
    for (; passed < connections.length; passed++) this.incidents.passTime(this.#timeOf(connections[passed]));
    return alerts;
  }

  #timeOf(connection: Connection): number {
    return timeOf(connection, this.model.windows.timeBase);
  }

  #judgements(table: Table): Promise<Judged[]> {
    return Promise.all(this.#detectors.map((detecting) => this.#judge(detecting, table)));
  }

  async #judge(detecting: Detecting, table: Table): Promise<Judged> {
    const { model, memories } = detecting;
    const { signal, workers } = this.options;
    const scores = await scoreTable(model, table, undefined, { signal, workers }, memories);
    const { threshold } = model;
    return {
      ...detecting,
      scores,
      pValues: pValues(scores, threshold),
      flags: verdicts(scores, threshold),
    };
  }

  /** The rows that some detector flags and the list does not allow. Counts what was found. */
  #rowsToAlert(connections: readonly Connection[], judged: readonly Judged[]): Uint32Array {
    const { findings } = this;
    const rows: number[] = [];
    for (const [row, connection] of connections.entries()) {
      for (const { name, flags } of judged) findings.flagged[name]! += flags[row];
      const isAnomalous = judged.some(({ flags }) => flags[row] === 1);
      const isAllowed = isAnomalous && this.allowList?.allows(connection);
      if (isAllowed) findings.silenced++;
      else if (isAnomalous) rows.push(row);
      this.hosts.add(connection.sourceHost, isAnomalous && !isAllowed);
    }
    findings.alerts += rows.length;
    return Uint32Array.from(rows);
  }

  /**
   * @param contributions of each feature of the row, by detector
   * @param novel what was learned of the features whose values no training row had
   */
  #alert(
    connection: Connection,
    table: Table,
    row: number,
    judged: readonly Judged[],
    contributions: readonly Float64Array[],
    novel: readonly Step[],
  ): RankedAlert {
    const alertScores = judged.map((own): [TrainedDetectorName, AlertScore] => {
      const { name, scores, pValues, flags, model } = own;
      const verdict = flags[row] === 1 ? "anomalous" : "normal";
      const threshold = model.threshold.value;
      return [name, { score: scores[row], threshold, p_value: pValues[row], verdict }];
    });
    const [pValue] = combinedPValues(judged.map(({ pValues }) => pValues.subarray(row, row + 1)));
    const beyond = Math.max(
      ...judged.map(({ scores, model, median }) => excess(scores[row], model.threshold.value, median)),
    );
    const raising = contributions.filter((_, i) => judged[i].flags[row] === 1);
    const noticed = {
      connection,
      riskScore: riskScore(beyond),
      reasons: alertReasons(connection, table, row, raising, this.#usual, novel),
    };
    const isNewService = novel.some(({ feature }) => feature === "service");
    const alert = createAlert({
      ...noticed,
      model: this.model.name,
      incident: this.incidents.add({ ...noticed, isNewService }, this.#timeOf(connection)),
      scores: new Map(alertScores),
      pValue,
    });
    return { alert, excess: beyond };
  }
}
