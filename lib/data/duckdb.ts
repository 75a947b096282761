import { tmpdir } from "node:os";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";

let instance: Promise<DuckDBInstance> | undefined;
let connection: Promise<DuckDBConnection> | undefined;

/** A connection to the library's one in-memory database, which reads and writes files and bounds what it holds. */
export function database(): Promise<DuckDBConnection> {
  connection ??= connect();
  return connection;
}

async function connect(): Promise<DuckDBConnection> {
  instance ??= DuckDBInstance.create(":memory:", { memory_limit: "512MB", temp_directory: tmpdir() });
  return (await instance).connect();
}

/** A text as SQL writes it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
