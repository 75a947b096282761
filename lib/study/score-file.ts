import { basename, dirname, extname, join } from "node:path";
import { InputError, requireNumber, requireOptions } from "../common/errors";
import { sharedFolder } from "../common/own-files";
import { filesIn } from "../common/places";
import { isStream } from "../common/streams";
import { inTransaction } from "../common/transaction";
import { sourceName } from "../data/content";
import { rowNumbers } from "../data/source";
import type { Table } from "../data/table";
import { TableReader } from "../data/table-reader";
import { TableWriter } from "../data/table-writer";
import { type ScoreOptions, scoreOptions } from "../models/detector";
import { judge, type Model } from "../models/model";
import { loadModel } from "../models/model-folder";
import { type Discoveries, lowestPValue, PValueCounts } from "../models/p-values";
import type { Backend } from "../models/tensorflow";
import { fewRowsNotice, rateRange } from "../models/threshold";
import { GapCounter, gapNotices } from "../preprocess/notices";
import { type UnseenCategory, unseenCategories } from "../preprocess/preprocessor";
import { type AnomalousRow, MostAnomalous } from "./most-anomalous";

export interface ScoreFileOptions extends ScoreOptions {
  /** The file to write, `.parquet`, `.csv` or, as lines of JSON, `.jsonl`. */
  readonly out: string;
  /** Leave bad rows out, and write them to `rejected.csv` beside `out`. Default false: refuse the file. */
  readonly skipBadRows?: boolean;
  /** Verdicts by this false discovery rate among all rows instead of the model's threshold. In (0, 1). */
  readonly falseDiscoveryRate?: number;
  readonly backend?: Backend;
  /** Called with a sentence about what an interrupted command had left and was put right. */
  readonly onNotice?: (sentence: string) => void;
}

/** What scoring a file found. */
export interface ScoreFileResult {
  readonly rows: number;
  /** Rows whose score is greater than the threshold, or that the false discovery rate reports. */
  readonly anomalies: number;
  /** The model's. */
  readonly threshold: number;
  /** Where a false discovery rate was asked for. */
  readonly discoveries?: Discoveries;
  readonly skippedRows: number;
  /** Categories that the model was not trained on. */
  readonly unseen: readonly UnseenCategory[];
  /** The rows with the highest scores, and what raised them. */
  readonly mostAnomalous: readonly AnomalousRow[];
  readonly path: string;
}

/**
 * Scores a table in a file with a saved model, block by block in constant memory: columns are found by their names. Writes row
 * number, label (where the data set is known to have one), score (higher = more anomalous), p-value and verdict of every row.
 *
 * @throws {InputError} on anything wrong with the file, the model folder, the output or an option
 * @example
 * await saveModel("models/forest", await fitModel(train, isolationForest));
 * const { anomalies } = await scoreFile("data/corrected.gz", "models/forest", { out: "scores.parquet" });
 */
export async function scoreFile(
  file: string,
  modelFolder: string,
  options: ScoreFileOptions,
): Promise<ScoreFileResult> {
  requireOptions(options, {
    ...{ out: true, skipBadRows: true, falseDiscoveryRate: true, backend: true, onNotice: true },
    ...scoreOptions,
  });
  const { out, skipBadRows = false, falseDiscoveryRate, onProgress, onNotice, signal, workers } = options;
  if (falseDiscoveryRate !== undefined) requireNumber("falseDiscoveryRate", falseDiscoveryRate, rateRange);
  const format = await formatOf(out);
  if (skipBadRows && basename(out) === rejectedName)
    throw new InputError(`${out} is where bad rows go: choose another output`);
  const read = [file, ...(await filesIn(modelFolder))];
  let scored: ScoredFile | undefined;
  return inTransaction({ read, onNotice }, async (transaction) => {
    const staged = await transaction.stageFile(out);
    const rejectedFile = skipBadRows
      ? join(await transaction.stageFolder(dirname(out), rejectedFolder), rejectedName)
      : undefined;
    const model = await loadModel(modelFolder, { backend: options.backend, onNotice });
    const reader = new TableReader(file, { features: featuresOf(model), rejectedFile, signal });
    const stage = `scoring ${await sourceName(file)}`;
    const fewRows = fewRowsNotice(model.threshold);
    if (fewRows) onNotice?.(fewRows);
    scored = new ScoredFile(model, { signal, workers });
    for await (const table of reader.blocks()) {
      await scored.add(table, rowNumbers(reader, scored.rows, scored.rows + table.rows));
      onProgress?.({ stage, done: reader.bytesRead, total: reader.bytes });
    }
    for (const sentence of scored.notices()) onNotice?.(sentence);
    const found = await scored.write(staged, format, falseDiscoveryRate);
    return { ...found, threshold: model.threshold.value, skippedRows: reader.skippedRows.length, path: out };
  }).finally(() => scored?.close());
}

/** What is known of a file's rows while they are scored, block by block. */
class ScoredFile {
  rows = 0;
  readonly #unseen = new Map<string, UnseenCategory>();
  readonly #memories: Float32Array[] = [];
  readonly #counts: PValueCounts;
  readonly #gaps = new GapCounter();
  readonly #mostAnomalous = new MostAnomalous();
  #anomalies = 0;
  #writer: TableWriter | undefined;

  constructor(
    private readonly model: Model,
    private readonly options: ScoreOptions,
  ) {
    this.#counts = new PValueCounts(lowestPValue(model.threshold));
  }

  /** Scores the next rows. @param numbers which rows of the file they are */
  async add(table: Table, numbers: Uint32Array): Promise<void> {
    const { scores, anomalous, pValues } = await judge(this.model, table, this.options, this.#memories);
    for (const flag of anomalous) this.#anomalies += flag;
    this.#counts.add(pValues);
    this.#gaps.add(table);
    this.#mostAnomalous.add(table, numbers, scores);
    for (const category of unseenCategories(this.model.preprocessor, table)) {
      const key = `${category.feature}=${category.category}`;
      const before = this.#unseen.get(key)?.rows ?? 0;
      this.#unseen.set(key, { ...category, rows: category.rows + before });
    }
    this.#writer ??= await TableWriter.create([
      { name: "row", type: "integer" },
      ...(table.labels ? [{ name: "label", type: "name" } as const] : []),
      { name: "score", type: "number" },
      { name: "p_value", type: "number" },
      { name: "anomaly", type: "boolean" },
    ]);
    await this.#writer.append([numbers, ...(table.labels ? [table.labels] : []), scores, pValues, anomalous]);
    this.rows += table.rows;
  }

  /** What became of missing and infinite numbers. */
  notices(): string[] {
    return gapNotices(this.model.preprocessor, this.#gaps);
  }

  /** Writes all rows, with verdicts by a false discovery rate where one is asked for. */
  async write(path: string, format: "parquet" | "csv" | "json", falseDiscoveryRate: number | undefined) {
    const discoveries =
      falseDiscoveryRate === undefined ? undefined : this.#counts.discoveries(falseDiscoveryRate);
    const verdicts = discoveries && { anomaly: `p_value <= '${discoveries.highestPValue}'::DOUBLE` };
    await this.#writer?.write(path, format, verdicts);
    return {
      rows: this.rows,
      anomalies: discoveries?.reported ?? this.#anomalies,
      ...(discoveries && { discoveries }),
      unseen: [...this.#unseen.values()],
      mostAnomalous: this.#mostAnomalous.explained(this.model),
    };
  }

  async close(): Promise<void> {
    await this.#writer?.close();
  }
}

/** The columns that a model needs. */
function featuresOf({ preprocessor }: Model) {
  return preprocessor.steps.map(({ kind, feature }) => {
    return { name: feature, type: kind === "number" ? "numeric" : "nominal" } as const;
  });
}

/** Bad rows go to a file beside the output, in a folder that others use too. */
const rejectedName = "rejected.csv";
const rejectedFolder = sharedFolder("rejected rows", (path) => path === rejectedName);

async function formatOf(out: string): Promise<"parquet" | "csv" | "json"> {
  const extension = extname(out);
  if (extension === ".parquet") return "parquet";
  if ([".json", ".jsonl", ".ndjson"].includes(extension)) return "json";
  if (extension === ".csv" || (await isStream(out))) return "csv";
  throw new InputError(`the output must be a .parquet, .csv or .jsonl file, got ${out}`);
}
