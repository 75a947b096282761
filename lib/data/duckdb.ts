import { tmpdir } from "node:os";
import type { DuckDBConnection, DuckDBInstance, DuckDBType } from "@duckdb/node-api";
import { loadPackage } from "../common/packages";

/** DuckDB, loaded when it is first needed. */
export function duckdb(): typeof import("@duckdb/node-api") {
  return loadPackage("@duckdb/node-api", () => require("@duckdb/node-api"));
}

function duckdbBindings(): typeof import("@duckdb/node-bindings") {
  return loadPackage("@duckdb/node-bindings", () => require("@duckdb/node-bindings"));
}

/** Rows that DuckDB holds in one chunk. */
const chunkRows = 2048;

function newInstance(): Promise<DuckDBInstance> {
  return duckdb().DuckDBInstance.create(":memory:", {
    threads: "1", // with several it would hold more and more rows while it writes a large file in their order
    memory_limit: "256MB",
    temp_directory: tmpdir(),
    autoinstall_known_extensions: "false", // nothing is fetched from the network
    autoload_known_extensions: "false",
  });
}

let connection: Promise<DuckDBConnection> | undefined;

/** A connection to the library's one in-memory database, which writes files and bounds what it holds. */
export function database(): Promise<DuckDBConnection> {
  connection ??= newInstance().then((instance) => instance.connect());
  return connection;
}

let reading: Promise<DuckDBInstance> | undefined;

/**
 * A connection of its own, to read a file: on one, a second query ends the first whose rows are still on their way. Some
 * files are fatal to a database, which then answers nothing: there is another one for the next file.
 */
export async function connect(): Promise<DuckDBConnection> {
  reading ??= newInstance();
  const connection = await (await reading).connect();
  try {
    await connection.run("SELECT 1");
    return connection;
  } catch {
    reading = newInstance();
    return (await reading).connect();
  }
}

/** Adds rows to a table: a typed array a column, with values as DuckDB stores the column's type. */
export async function appendRows(
  table: { readonly name: string; readonly catalog?: string },
  types: readonly DuckDBType[],
  columns: readonly (Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array)[],
): Promise<void> {
  const { DuckDBDataChunk } = duckdb();
  const bindings = duckdbBindings();
  const appender = await (await database()).createAppender(table.name, null, table.catalog);
  for (let start = 0; start < columns[0].length; start += chunkRows) {
    const rows = Math.min(chunkRows, columns[0].length - start);
    const chunk = DuckDBDataChunk.create(types, rows);
    for (const [i, values] of columns.entries()) {
      const part = values.slice(start, start + rows);
      const vector = bindings.data_chunk_get_vector(chunk.chunk, i);
      bindings.copy_data_to_vector(vector, 0, part.buffer as ArrayBuffer, 0, part.byteLength);
    }
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** A text as SQL writes it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
