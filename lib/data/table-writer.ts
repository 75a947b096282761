import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBType } from "@duckdb/node-api";
import { harmlessText } from "../common/csv";
import { InputError } from "../common/errors";
import { unwritable } from "../common/unwritable";
import { appendRows, database, duckdb, quoted } from "./duckdb";
import { mostCategories } from "./table";

/**
 * A column of a file to write: its name, and its type. A `name` is one of those that are met as rows come; names that are
 * known before are given as `categories`, and values then as codes.
 */
export interface OutputColumn {
  readonly name: string;
  readonly type: "number" | "integer" | "boolean" | "name" | { readonly categories: readonly string[] };
}

/** Codes, and the names that they stand for. */
export interface CodedNames {
  readonly codes: Uint8Array | Uint16Array;
  readonly categories: readonly string[];
}

type StoredValues = Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** Values of one column: `Float64Array` for numbers, `Uint32Array` for integers, `Uint8Array` for booleans, codes else. */
export type OutputValues = StoredValues | CodedNames;

/** Rows that are held in memory, in whole row groups of DuckDB's; more go to disk in parts of so many. */
const partRows = 8 * 122_880;

const copyOptions = {
  parquet: "FORMAT parquet, COMPRESSION zstd",
  csv: "FORMAT csv, HEADER",
  json: "FORMAT json",
};

let writers = 0;

/** Collects columns block by block and writes them as one Parquet or CSV file, in constant memory. */
export class TableWriter {
  #heldRows = 0;
  #folder: string | undefined;
  readonly #parts: string[] = [];
  /** The numbers of the names met in each column. */
  readonly #names = new Map<OutputColumn, Map<string, number>>();

  private constructor(
    /** Has transactions of its own: rows that are dropped are freed, though a query elsewhere is not done. */
    private readonly catalog: string,
    private readonly columns: readonly OutputColumn[],
    private readonly types: readonly DuckDBType[],
  ) {}

  /** @throws {InputError} if a column has more names than can be told apart */
  static async create(columns: readonly OutputColumn[]): Promise<TableWriter> {
    const { BOOLEAN, DOUBLE, UINTEGER, USMALLINT } = duckdb();
    const types = columns.map(({ name, type }) => {
      if (type === "number") return DOUBLE;
      if (type === "integer") return UINTEGER;
      if (type === "boolean") return BOOLEAN;
      if (type === "name") return USMALLINT;
      if (type.categories.length > mostCategories)
        throw new InputError(
          `the column ${name} has more than ${mostCategories} different values; no more can be told apart`,
        );
      return enumOf(type.categories);
    });
    const writer = new TableWriter(`output_${writers++}`, columns, types);
    await (await database()).run(`ATTACH ':memory:' AS ${writer.catalog}`);
    await writer.#createTable();
    return writer;
  }

  /** Adds rows: one array a column, all of one length, in the order of the columns. @throws {InputError} on a full disk */
  async append(columns: readonly OutputValues[]): Promise<void> {
    const stored = columns.map((values, i) =>
      "categories" in values ? this.#numbered(this.columns[i], values) : asStored(this.columns[i], values),
    );
    await appendRows({ name: "held", catalog: this.catalog }, this.types, stored);
    this.#heldRows += stored[0].length;
    if (this.#heldRows >= partRows) await this.#writePart();
  }

  /**
   * Writes all rows, in their order; as CSV with a header, or as lines of JSON, if `format` says so.
   *
   * @param replaced columns whose values are known only now, by what they are in SQL
   * @throws {InputError} on a full disk
   */
  async write(
    path: string,
    format: "parquet" | "csv" | "json",
    replaced: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    const options = copyOptions[format];
    let rows = `${this.catalog}.held`;
    if (this.#parts.length > 0) {
      await this.#writePart();
      const columns = this.columns.map(({ name }, i) => `"${name}"::${this.types[i]} AS "${name}"`);
      rows = `(SELECT ${columns.join(", ")} FROM read_parquet([${this.#parts.map(quoted).join(", ")}], hive_partitioning = false))`;
    }
    const columns = this.columns.map((column) => this.#withNames(column));
    if (this.#names.size > 0)
      rows = `(SELECT ${columns.map((column, i) => this.#nameColumn(column, i)).join(", ")} FROM ${rows})`;
    const values = Object.entries(replaced).map(([name, value]) => `${value} AS "${name}"`);
    if (values.length > 0) rows = `(SELECT * REPLACE (${values.join(", ")}) FROM ${rows})`;
    if (format === "csv") rows = `(SELECT ${columns.map(csvColumn).join(", ")} FROM ${rows})`;
    await copy(rows, path, options);
  }

  /** Forgets the rows. */
  async close(): Promise<void> {
    await (await database()).run(`DETACH DATABASE IF EXISTS ${this.catalog}`);
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
  }

  /** Names as numbers, in the order in which they are met. */
  #numbered(column: OutputColumn, { codes, categories }: CodedNames): Uint16Array {
    const numbers = this.#names.get(column) ?? new Map<string, number>();
    this.#names.set(column, numbers);
    const numberOf = categories.map((name) => {
      const number = numbers.get(name) ?? numbers.size;
      numbers.set(name, number);
      return number;
    });
    return Uint16Array.from(codes, (code) => numberOf[code]);
  }

  /** A column of names with all of them, sorted. */
  #withNames(column: OutputColumn): OutputColumn {
    const names = this.#names.get(column);
    return names ? { ...column, type: { categories: [...names.keys()].sort() } } : column;
  }

  /** A column with names in place of their numbers. */
  #nameColumn({ name, type }: OutputColumn, i: number): string {
    const names = this.#names.get(this.columns[i]);
    if (!names || typeof type === "string") return `"${name}"`;
    const texts = Array.from(names.keys(), quoted);
    return `([${texts.join(", ")}])["${name}"::INTEGER + 1]::${enumOf(type.categories)} AS "${name}"`;
  }

  async #createTable(): Promise<void> {
    const definitions = this.columns.map(({ name }, i) => `"${name}" ${this.types[i]}`);
    await (await database()).run(`CREATE OR REPLACE TABLE ${this.catalog}.held (${definitions.join(", ")})`);
    this.#heldRows = 0;
  }

  /** Moves the rows held to a file of their own. */
  async #writePart(): Promise<void> {
    this.#folder ??= await mkdtemp(join(tmpdir(), "traffic-anomaly-"));
    const part = join(this.#folder, `${this.#parts.length}.parquet`);
    await copy(`${this.catalog}.held`, part, "FORMAT parquet");
    this.#parts.push(part);
    await this.#createTable();
  }
}

function enumOf(categories: readonly string[]): DuckDBType {
  const { ENUM8, ENUM16 } = duckdb();
  return categories.length <= 255 ? ENUM8(categories) : ENUM16(categories);
}

/** A column as CSV has it: see {@link harmlessText}. */
function csvColumn({ name, type }: OutputColumn): string {
  if (typeof type === "string" || type.categories.every((text) => harmlessText(text) === text))
    return `"${name}"`;
  const texts = type.categories.map((text) => quoted(harmlessText(text)));
  return `([${texts.join(", ")}])[enum_code("${name}") + 1] AS "${name}"`;
}

async function copy(rows: string, path: string, options: string): Promise<void> {
  try {
    await (await database()).run(`COPY ${rows} TO ${quoted(path)} (${options})`);
  } catch (error) {
    throw unwritable(path, error);
  }
}

/** Codes as wide as DuckDB stores them: a byte for up to 255 names, else two. */
function asStored({ type }: OutputColumn, values: StoredValues): StoredValues {
  if (typeof type === "string") return values;
  return type.categories.length <= 255 ? Uint8Array.from(values) : Uint16Array.from(values);
}
