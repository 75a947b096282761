import type { Table } from "../data/table";
import { featureContributions } from "../models/contributions";
import type { ScoreOptions } from "../models/detector";
import type { TrainedDetectorName } from "../models/detectors";
import type { Model } from "../models/model";
import { transform } from "../preprocess/preprocessor";
import type { Connection } from "../traffic/connection";
import { connectionTable } from "../traffic/connection-table";
import { TrafficWindows } from "../traffic/windows/windows";
import { type Alert, type AlertScore, createAlert } from "./alert";
import { alertReasons } from "./alert-reasons";
import type { AllowList } from "./allow-list";
import { DriftMeter } from "./drift";
import { HostRanking } from "./host-ranking";
import { excess, riskScore } from "./risk";
import type { TrafficModel } from "./traffic-model";

/** What a judge found so far. */
export interface Findings {
  alerts: number;
  /** Connections that each detector found anomalous, those that the list allows included. */
  readonly flagged: Partial<Record<TrainedDetectorName, number>>;
  /** Flagged connections that raised no alert, since the list allows them. */
  silenced: number;
}

/** An alert with what it is ranked by. */
export interface RankedAlert {
  readonly alert: Alert;
  /** See {@link excess}: the greater one of the detectors. */
  readonly excess: number;
}

/**
 * Judges connections that come in order of time, piece by piece: a connection is anomalous when the score of some
 * detector is greater than its threshold. However a log is cut into pieces, the alerts are the same.
 */
export class Judge {
  readonly findings: Findings = { alerts: 0, flagged: {}, silenced: 0 };
  readonly hosts: HostRanking;
  readonly drift: DriftMeter;
  readonly #model: TrafficModel;
  readonly #detectors: readonly (readonly [TrainedDetectorName, Model])[];
  readonly #windows: TrafficWindows;
  readonly #usual: ReadonlyMap<string, TrafficModel["training"]["usual"][string]>;
  readonly #allowList: AllowList | undefined;
  readonly #options: ScoreOptions;
  /** Where the numbers of a piece are put, by detector. */
  readonly #memories = new Map<TrainedDetectorName, Float32Array>();

  constructor(model: TrafficModel, allowList?: AllowList, { signal, workers }: ScoreOptions = {}) {
    this.#model = model;
    this.#detectors = Object.entries(model.detectors) as [TrainedDetectorName, Model][];
    this.#windows = new TrafficWindows(model.training.windows);
    this.#usual = new Map(Object.entries(model.training.usual));
    this.#allowList = allowList;
    this.#options = { signal, workers };
    this.hosts = new HostRanking(model.training.falseAlarmRate);
    this.drift = new DriftMeter(model);
    for (const [kind] of this.#detectors) this.findings.flagged[kind] = 0;
  }

  /** How connections are to be ordered and looked back on. */
  get windows(): TrafficModel["training"]["windows"] {
    return this.#model.training.windows;
  }

  /** The features of the next connections. Call it once for each, in order. */
  features(connections: readonly Connection[]): Table {
    const { rows, features } = connectionTable(connections, this.#windows);
    return { rows, features };
  }

  /** The alerts of connections, in their order. */
  async alerts(connections: readonly Connection[], table: Table): Promise<RankedAlert[]> {
    if (connections.length === 0) return [];
    const scored = await Promise.all(
      this.#detectors.map(async ([kind, model]) => [kind, await this.#score(kind, model, table)] as const),
    );
    const scores = new Map(scored);
    this.drift.add(table, scores);
    const rows = this.#flaggedRows(connections, scores);
    const explained = new Map<TrainedDetectorName, Float64Array>();
    for (const [kind, model] of this.#detectors)
      explained.set(kind, await featureContributions(model, table, rows, { signal: this.#options.signal }));
    return Array.from(rows, (row, i) => this.#alert(connections[row], table, row, i, scores, explained));
  }

  /** As `scoreTable` does, but in the same memory each time. */
  async #score(
    kind: TrainedDetectorName,
    { detector, preprocessor }: Model,
    table: Table,
  ): Promise<Float64Array> {
    const matrix = transform(preprocessor, table, undefined, this.#memories.get(kind));
    if (!this.#memories.has(kind) || matrix.data.length > this.#memories.get(kind)!.length)
      this.#memories.set(kind, matrix.data);
    const scores = await detector.score(matrix, this.#options);
    return scores;
  }

  /** The rows that become alerts. */
  #flaggedRows(
    connections: readonly Connection[],
    scores: ReadonlyMap<TrainedDetectorName, Float64Array>,
  ): Uint32Array {
    const { findings } = this;
    const rows: number[] = [];
    for (const [row, connection] of connections.entries()) {
      let anomalous = false;
      for (const [kind, { threshold }] of this.#detectors) {
        if (!(scores.get(kind)![row] > threshold.value)) continue;
        anomalous = true;
        findings.flagged[kind]!++;
      }
      const allowed = anomalous && this.#allowList?.allows(connection);
      if (allowed) findings.silenced++;
      else if (anomalous) rows.push(row);
      this.hosts.add(connection.sourceHost, anomalous && !allowed);
    }
    findings.alerts += rows.length;
    return Uint32Array.from(rows);
  }

  #alert(
    connection: Connection,
    table: Table,
    row: number,
    position: number,
    scores: ReadonlyMap<TrainedDetectorName, Float64Array>,
    explained: ReadonlyMap<TrainedDetectorName, Float64Array>,
  ): RankedAlert {
    const width = table.features.length;
    const own = new Map<TrainedDetectorName, AlertScore>();
    const contributions: Float64Array[] = [];
    let beyond = -Infinity;
    for (const [kind, { threshold }] of this.#detectors) {
      const score = scores.get(kind)![row];
      const anomalous = score > threshold.value;
      own.set(kind, { score, threshold: threshold.value, verdict: anomalous ? "anomalous" : "normal" });
      beyond = Math.max(beyond, excess(score, threshold.value, this.#model.training.profiles[kind].median));
      if (anomalous)
        contributions.push(explained.get(kind)!.subarray(position * width, (position + 1) * width));
    }
    const features = table.features.map(({ name }) => name);
    const alert = createAlert({
      model: this.#model.name,
      connection,
      scores: own,
      riskScore: riskScore(beyond),
      reasons: alertReasons(connection, table, row, features, contributions, this.#usual),
    });
    return { alert, excess: beyond };
  }
}
