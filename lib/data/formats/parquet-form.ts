import { InputError } from "../../common/errors";
import { shown } from "../../common/shown";
import type { CollectedBlock } from "../columns/cells";
import { type ColumnType, isMissing, missingWords } from "../columns/infer-columns";
import type { CollectedColumn } from "../columns/row-collector";
import { connect, quoted } from "../duckdb";
import { faultOf, flagInSql, ScanError, scan, setChunk, sqlName } from "./scan";
import { type FileColumn, type Reading, sampleRows, type TableForm } from "./table-form";

/** Whether bytes are the first of a Parquet file. */
export function beginsAsParquet(bytes: Buffer): boolean {
  return bytes.toString("latin1", 0, 4) === "PAR1";
}

/**
 * The columns of a Parquet file.
 *
 * @param name of the file, for messages
 * @throws {InputError} if it is damaged, or has no rows
 */
export async function parquetForm(name: string, path: string): Promise<TableForm> {
  const connection = await connect();
  try {
    // Of a folder named as key=value DuckDB would make a column.
    const file = `read_parquet(${quoted(path)}, hive_partitioning = false)`;
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${file}`);
    // DuckDB calls a second column of one name otherwise, so names are the file's own.
    const schema = await connection.runAndReadAll(
      `SELECT name, num_children FROM parquet_schema(${quoted(path)})`,
    );
    const names = namesOf(schema.getRows().map(([column, parts]) => [String(column), Number(parts ?? 0)]));
    const types = described.getRows().map(([, type], i) => ({ name: names[i], type: String(type) }));
    const from = `${file} AS t(${types.map((_, i) => sqlName(i)).join(", ")})`;
    const texts = types.map(({ type }, i) => (isNested(type) ? "NULL" : `CAST(${sqlName(i)} AS VARCHAR)`));
    const sample = await connection.runAndReadAll(
      `SELECT ${texts.join(", ")} FROM ${from} LIMIT ${sampleRows}`,
    );
    const values = sample.getColumns();
    const columns = types.map(({ name: columnName, type }, i): FileColumn => {
      const texts = (values[i] ?? []).filter((value) => value !== null).map(String);
      const base = { name: columnName.trim(), sample: texts.filter((text) => !isMissing(text)) };
      if (isNested(type)) return { ...base, problem: `nested or binary values (${type})` };
      if (columnName === "__index_level_0__")
        return { ...base, problem: "an index of rows, as pandas writes it" };
      const known = typeOf(type);
      return known ? { ...base, type: known } : base;
    });
    return {
      columns,
      blocks: (reading) => parquetBlocks(name, from, types, reading),
    };
  } catch (error) {
    if (error instanceof InputError || !(error instanceof Error)) throw error;
    throw new InputError(`${name} is a damaged Parquet file: ${error.message.split("\n")[0]}`);
  } finally {
    connection.closeSync();
  }
}

/** Names of the columns, from the schema as a tree: its root, then each branch before the next, with how many parts each has. */
function namesOf(schema: readonly (readonly [name: string, parts: number])[]): string[] {
  const names: string[] = [];
  for (let at = 1; at < schema.length; ) {
    names.push(schema[at][0]);
    for (let left = 1; left > 0 && at < schema.length; at++) left += schema[at][1] - 1;
  }
  return names;
}

async function* parquetBlocks(
  name: string,
  from: string,
  types: readonly { readonly name: string; readonly type: string }[],
  { collector, signal }: Reading,
): AsyncGenerator<CollectedBlock> {
  const { columns, label } = collector.options;
  const missing = missingWords.map(quoted).join(", ");
  const selected = columns.map(({ position, kind }) => {
    const column = sqlName(position);
    if (kind === "flag") return flagInSql(`CAST(${column} AS VARCHAR)`);
    if (kind === "name") return `CAST(${column} AS VARCHAR)`;
    if (types[position].type !== "VARCHAR") return `CAST(${column} AS DOUBLE)`;
    const problem = quoted(`column ${position + 1} (${shown(types[position].name)}) must be a number, got `);
    return (
      `CASE WHEN trim(${column}) IN (${missing}) THEN NULL ` +
      `ELSE coalesce(TRY_CAST(${column} AS DOUBLE), error(${problem} || ${column})) END`
    );
  });
  const filter = label === undefined ? "" : ` WHERE ${holdsSomething(columns)}`;
  const query = `SELECT ${selected.join(", ")} FROM ${from}${filter}`;
  try {
    for await (const chunk of scan(query, signal)) {
      if (chunk.rowCount > collector.room) yield collector.take();
      setChunk(chunk, collector.cells, collector.held);
      collector.count(chunk.rowCount);
    }
  } catch (error) {
    if (!(error instanceof ScanError)) throw error;
    throw new InputError(`${name} can't be read: ${await faultOf(query)}`);
  }
}

/** Whether a row has a value, as SQL; numbers are asked for first, since nearly every row has one. */
function holdsSomething(columns: readonly CollectedColumn[]): string {
  const [names, numbers] = [true, false].map((isName) =>
    columns.filter(({ kind }) => (kind === "name") === isName).map(({ position }) => sqlName(position)),
  );
  const words = missingWords.map(quoted).join(", ");
  return [
    ...numbers.map((column) => `${column} IS NOT NULL`),
    ...names.map((column) => `NOT list_contains([${words}], trim(${column}::VARCHAR))`),
  ].join(" OR ");
}

function isNested(type: string): boolean {
  return /^(BLOB|STRUCT|MAP|UNION|BIT|GEOMETRY|VARIANT)|\[\d*\]$/.test(type);
}

/** What a type of DuckDB's holds; names may be anything. */
function typeOf(type: string): ColumnType | undefined {
  if (type === "BOOLEAN") return "boolean";
  if (/^(DATE|TIME|TIMESTAMP|INTERVAL)/.test(type)) return "time";
  if (type === "UUID") return "identifier";
  return /^ENUM/.test(type) ? "nominal" : undefined;
}
