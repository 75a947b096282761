import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBType } from "@duckdb/node-api";
import { breathe } from "../common/progress";
import { appendRows, database, duckdb, quoted } from "../data/duckdb";
import { labelGroups } from "../data/label-groups";
import type { Column, Table } from "../data/table";
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
 * Lets queries read tables by name. Each becomes a view with the columns of the table, `row` (its place in it, counted
 * from 0) and, where rows have labels, `category`: `normal`, `dos`, `probe`, `r2l`, `u2r` or `other`, or what
 * `labelGroups` names for labels that are not KDD'99's. Its rows are held in a file, which goes with the process.
 *
 * @example
 * await nameTables({ train, test });
 */
export async function nameTables(tables: Readonly<Record<string, Table>>): Promise<void> {
  const connection = await database();
  catalog ??= attachCatalog();
  const place = await catalog;
  for (const [name, { features, labels }] of Object.entries(tables)) {
    const columns = labels ? [...features, labels] : features;
    const rows = `rows of ${name}`;
    const path = `${place}.${identifier(rows)}`;
    const definitions = columns.map((column) => `"${column.name}" ${queryType(column)}`);
    await connection.run(`CREATE OR REPLACE TABLE ${path} (${definitions.join(", ")})`);
    const values = columns.map((column) => (column.kind === "nominal" ? column.codes : column.values));
    for (let start = 0; start < values[0].length; start += blockRows) {
      const block = values.map((all) => all.subarray(start, start + blockRows));
      await appendRows({ name: rows, catalog: place }, columns.map(storedType), block);
      await breathe(); // so that what DuckDB was given is freed
    }
    const groups = labelGroups(labels?.categories ?? []);
    const cases = labels?.categories.map(
      (label, i) => `WHEN ${quoted(label)} THEN ${quoted(groups.names[groups.places[i]])}`,
    );
    const category = cases ? `, CASE label ${cases.join(" ")} END AS category` : "";
    await connection.run(`CHECKPOINT ${place}`);
    await connection.run(
      `CREATE OR REPLACE TEMP VIEW ${identifier(name)} AS SELECT *, rowid AS row${category} FROM ${path}`,
    );
  }
}

/** Where the rows of tables are kept. */
let catalog: Promise<string> | undefined;

async function attachCatalog(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "traffic-anomaly-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  await (await database()).run(`ATTACH ${quoted(join(folder, "rows.duckdb"))} AS tables`);
  return "tables";
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
  const column = <Value extends Cell>(name: string, type: "number" | "text"): Value[] => {
    const at = columns.indexOf(name);
    if (at < 0) throw new RangeError(`the result has no column ${name}, only ${columns.join(", ")}`);
    const other = values.findIndex((row) => typeof row[at] !== (type === "text" ? "string" : type));
    if (other >= 0)
      throw new RangeError(`row ${other} of the column ${name} is not a ${type}, but ${values[other][at]}`);
    return values.map((row) => row[at] as Value);
  };
  return {
    columns,
    index: values.map((_, i) => i),
    values,
    numbers: (name) => column(name, "number"),
    texts: (name) => column(name, "text"),
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
