import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBType } from "@duckdb/node-api";
import { breathe } from "../../common/progress";
import { categoryOf } from "../../data/attacks";
import { appendRows, database, duckdb, quoted } from "../../data/duckdb";
import { type Source, tableBlocks } from "../../data/reader";
import type { Column, NominalColumn } from "../../data/table";
import type { Frame } from "./frame";

/** Rows that are handed to DuckDB at a time. */
const blockRows = 32_768;

/** A value of a query's result, as a notebook wants it: whole numbers of any width are plain numbers. */
export type Cell = string | number | boolean | null;

/** The rows of a query, to be shown, or read column by column. */
export interface QueryResult extends Frame {
  readonly values: readonly (readonly Cell[])[];
  /** @throws {RangeError} if there is no such column, or it holds anything but numbers */
  numbers(column: string): number[];
  /** @throws {RangeError} if there is no such column, or it holds anything but texts */
  texts(column: string): string[];
}

/**
 * Lets queries read sources by name. Each becomes a view with the columns of the file, `row` (its place in the file,
 * counted from 0) and, where rows have labels, `category`: `normal`, `dos`, `probe`, `r2l`, `u2r` or `other`. Its rows
 * are held in a file, which goes with the process.
 *
 * @example
 * await nameSources({ train: trainSource, test: testSource });
 */
export async function nameSources(sources: Readonly<Record<string, Source>>): Promise<void> {
  const connection = await database();
  catalog ??= attachCatalog();
  const tables = await catalog;
  for (const [name, source] of Object.entries(sources)) {
    const rows = `rows of ${name}`;
    const place = `${tables}.${identifier(rows)}`;
    let labels: NominalColumn | undefined;
    let isFirst = true;
    // Block by block, and with a pause for what was handed on to be freed: notebooks hold the tables themselves, too.
    for await (const table of tableBlocks(source, blockRows)) {
      labels = table.labels;
      const columns = labels ? [...table.features, labels] : table.features;
      const definitions = columns.map((column) => `"${column.name}" ${queryType(column)}`);
      if (isFirst) await connection.run(`CREATE OR REPLACE TABLE ${place} (${definitions.join(", ")})`);
      isFirst = false;
      const values = columns.map((column) => (column.kind === "nominal" ? column.codes : column.values));
      await appendRows({ name: rows, catalog: tables }, columns.map(storedType), values);
      await breathe();
    }
    const cases = labels?.categories.map(
      (label) => `WHEN ${quoted(label)} THEN ${quoted(categoryOf(label))}`,
    );
    const category = cases ? `, CASE label ${cases.join(" ")} END AS category` : "";
    await connection.run(`CHECKPOINT ${tables}`);
    await connection.run(
      `CREATE OR REPLACE TEMP VIEW ${identifier(name)} AS SELECT *, rowid AS row${category} FROM ${place}`,
    );
  }
}

/** Where the rows of sources are kept. */
let catalog: Promise<string> | undefined;

async function attachCatalog(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "traffic-anomaly-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  await (await database()).run(`ATTACH ${quoted(join(folder, "rows.duckdb"))} AS sources`);
  return "sources";
}

function storedType(column: Column): DuckDBType {
  const { DOUBLE, ENUM8, ENUM16, FLOAT } = duckdb();
  if (column.kind === "numeric") return column.values instanceof Float64Array ? DOUBLE : FLOAT;
  return column.codes instanceof Uint8Array ? ENUM8(column.categories) : ENUM16(column.categories);
}

/** Names become texts, so that queries may join and compare those of different sources. */
function queryType(column: Column): string {
  return column.kind === "nominal" ? "VARCHAR" : String(storedType(column));
}

function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * Runs one SQL query on DuckDB. Rows come in no order that the query does not ask for: end it with ORDER BY.
 *
 * @throws {RangeError} if a value is neither text, number nor truth value, or a whole number is not exact as a number
 * @example
 * await show(await query("SELECT label, count(*) AS rows FROM train GROUP BY label ORDER BY rows DESC"));
 */
export async function query(sql: string): Promise<QueryResult> {
  const result = await (await database()).runAndReadAll(sql);
  const columns = result.columnNames();
  const values = result.getRowsJS().map((row) => row.map((value, i) => cell(value, columns[i])));
  const only = <C extends Cell>(name: string, type: string, isType: (value: Cell) => value is C): C[] => {
    const at = columns.indexOf(name);
    if (at < 0) throw new RangeError(`the result has no column ${name}, only ${columns.join(", ")}`);
    return values.map((row, i) => {
      const value = row[at];
      if (!isType(value)) throw new RangeError(`row ${i} of the column ${name} is no ${type}, but ${value}`);
      return value;
    });
  };
  return {
    columns,
    index: values.map((_, i) => i),
    values,
    numbers: (name) => only(name, "number", (value): value is number => typeof value === "number"),
    texts: (name) => only(name, "text", (value): value is string => typeof value === "string"),
  };
}

function cell(value: unknown, column: string): Cell {
  if (typeof value === "bigint") {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new RangeError(`the column ${column} holds ${value}: too large`);
    return number;
  }
  if (value === null || ["string", "number", "boolean"].includes(typeof value)) return value as Cell;
  throw new RangeError(`the column ${column} holds ${String(value)}: cast it to a number or a text`);
}
