import type { Table } from "../data/table";
import { featureContributions } from "../models/contributions";
import type { ScoreOptions } from "../models/detector";
import type { TrainedDetectorName } from "../models/detectors";
import { type Model, scoreByAll } from "../models/model";
import { combinedPValues, pValues } from "../models/p-values";
import { verdicts } from "../models/threshold";
import type { TypicalValue } from "../models/typical-values";
import { novelStepsOf } from "../preprocess/novelty";
import type { Step } from "../preprocess/preprocessor";
import type { Connection } from "../traffic/connection";
import type { AlertReason, AlertScore } from "./alerts/alert";
import { excess, riskScore } from "./ranking";
import { alertReasons, type NumberOf } from "./reasons/reasons";

/** A detector of a model. */
interface Detecting {
  readonly name: TrainedDetectorName;
  readonly model: Model;
  /** The median of the held-out scores. */
  readonly median: number;
}

/** Detectors that take the same numbers, and where blocks are made into these: see `scoreTable`. */
interface Group {
  readonly members: readonly Detecting[];
  readonly memories: Float32Array[];
}

/** What a detector says of the rows of a table. */
export interface Judged extends Detecting {
  readonly scores: Float64Array;
  /** Computed when it is asked for: few rows' are. */
  readonly pValues: Float64Array;
  /** 1 = anomalous. */
  readonly flags: Uint8Array;
}

/** What is said of an anomalous row. */
export interface Verdict {
  readonly scores: ReadonlyMap<TrainedDetectorName, AlertScore>;
  /** That of the detectors together. */
  readonly pValue: number;
  /** See {@link excess}: the greater one of the detectors. */
  readonly excess: number;
  readonly riskScore: number;
  readonly reasons: readonly AlertReason[];
  /** What was learned of the features whose values no training row had. */
  readonly novel: readonly Step[];
}

/** What is judged, and what reasons are told of. */
export interface JudgedRow {
  readonly row: number;
  readonly connection: Connection;
  /** Numbers that words need. Default: those of the table. */
  readonly numberOf?: NumberOf;
}

/** Judges rows of tables by the detectors of a model: a row is anomalous when the score of some is above its threshold. */
export class Judge {
  readonly #detectors: readonly Detecting[];
  readonly #groups: readonly Group[];
  readonly #usual: ReadonlyMap<string, TypicalValue>;

  constructor(
    models: Readonly<Partial<Record<TrainedDetectorName, Model>>>,
    usual: Readonly<Record<string, TypicalValue>>,
    private readonly options: ScoreOptions = {},
  ) {
    this.#detectors = Object.entries(models).map(([name, model]) => {
      const { scores } = model.threshold;
      const median = scores[Math.floor((scores.length - 1) / 2)];
      return { name: name as TrainedDetectorName, model, median };
    });
    const byNumbers = new Map<string, Detecting[]>();
    for (const detecting of this.#detectors) {
      const key = JSON.stringify(detecting.model.preprocessor);
      byNumbers.set(key, [...(byNumbers.get(key) ?? []), detecting]);
    }
    this.#groups = Array.from(byNumbers.values(), (members) => ({ members, memories: [] }));
    this.#usual = new Map(Object.entries(usual));
  }

  get names(): TrainedDetectorName[] {
    return this.#detectors.map(({ name }) => name);
  }

  /** What each detector says of all rows. */
  async judgements(table: Table): Promise<Judged[]> {
    const { signal, workers } = this.options;
    const judged = new Map<TrainedDetectorName, Judged>();
    const judge = async ({ members, memories }: Group) => {
      const detectors = members.map(({ model }) => model.detector);
      const shared = { detectors, preprocessor: members[0].model.preprocessor };
      const scores = await scoreByAll(shared, table, undefined, { signal, workers }, memories);
      for (const [i, member] of members.entries()) judged.set(member.name, judgedBy(member, scores[i]));
    };
    await Promise.all(this.#groups.map(judge));
    return this.names.map((name) => judged.get(name)!);
  }

  /** What is said of anomalous rows, with reasons. */
  async verdicts(table: Table, judged: readonly Judged[], rows: readonly JudgedRow[]): Promise<Verdict[]> {
    const numbers = Uint32Array.from(rows, ({ row }) => row);
    const contributions: Float64Array[] = [];
    for (const { model } of judged)
      contributions.push(await featureContributions(model, table, numbers, { signal: this.options.signal }));
    const width = table.features.length;
    const [{ steps }] = judged.map(({ model }) => model.preprocessor);
    const novelSteps = novelStepsOf({ steps }, table);
    return rows.map((own, i) => {
      const raising = contributions
        .filter((_, detector) => judged[detector].flags[own.row] === 1)
        .map((all) => all.subarray(i * width, (i + 1) * width));
      const novel = novelSteps(own.row).map((step) => steps[step]);
      return this.#verdict(table, judged, own, raising, novel);
    });
  }

  /** @param raising contributions of each feature of the row, by the detectors that found it anomalous */
  #verdict(
    table: Table,
    judged: readonly Judged[],
    { row, connection, numberOf }: JudgedRow,
    raising: readonly Float64Array[],
    novel: readonly Step[],
  ): Verdict {
    const scores = judged.map((own): [TrainedDetectorName, AlertScore] => {
      const { name, scores, flags, model } = own;
      const verdict = flags[row] === 1 ? "anomalous" : "normal";
      const [p_value] = pValues(scores.subarray(row, row + 1), model.threshold);
      return [name, { score: scores[row], threshold: model.threshold.value, p_value, verdict }];
    });
    const [pValue] = combinedPValues(scores.map(([, { p_value }]) => Float64Array.of(p_value)));
    const beyond = Math.max(
      ...judged.map(({ scores, model, median }) => excess(scores[row], model.threshold.value, median)),
    );
    return {
      scores: new Map(scores),
      ...{ pValue, excess: beyond, riskScore: riskScore(beyond), novel },
      reasons: alertReasons(connection, table, row, raising, this.#usual, novel, numberOf),
    };
  }
}

function judgedBy(detecting: Detecting, scores: Float64Array): Judged {
  const { threshold } = detecting.model;
  let found: Float64Array | undefined;
  return {
    ...detecting,
    scores,
    get pValues() {
      found ??= pValues(scores, threshold);
      return found;
    },
    flags: verdicts(scores, threshold),
  };
}

/** Whether some detector finds a row anomalous. */
export function isAnomalous(judged: readonly Judged[], row: number): boolean {
  return judged.some(({ flags }) => flags[row] === 1);
}
