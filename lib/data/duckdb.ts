import { tmpdir } from "node:os";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import bindings from "@duckdb/node-bindings";

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

/** How one column of a query's result is stored. */
export type Storage = "float32" | "float64" | "uint8" | "uint16";

const arrays = { float32: Float32Array, float64: Float64Array, uint8: Uint8Array, uint16: Uint16Array };

/** A typed array for a column. */
export function allocate(
  storage: Storage,
  rows: number,
): Float32Array | Float64Array | Uint8Array | Uint16Array {
  return new arrays[storage](rows);
}

/**
 * Runs a query and yields its result in chunks of at most 2,048 rows, each column as a typed view on DuckDB's own
 * memory: copy what must live on. Columns must be stored as named and hold no NULL.
 */
export async function* columnChunks(
  sql: string,
  storages: readonly Storage[],
): AsyncGenerator<(Float32Array | Float64Array | Uint8Array | Uint16Array)[]> {
  // A connection of its own: another query on the same one would cut the stream off, silently.
  const own = await connect();
  try {
    const result = await own.stream(sql);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (!chunk || chunk.rowCount === 0) return;
      yield storages.map((storage, i) => {
        const ArrayType = arrays[storage];
        const vector = bindings.data_chunk_get_vector(chunk.chunk, i);
        const bytes = bindings.vector_get_data(vector, chunk.rowCount * ArrayType.BYTES_PER_ELEMENT);
        return new ArrayType(bytes.buffer as ArrayBuffer, bytes.byteOffset, chunk.rowCount);
      });
    }
  } finally {
    own.closeSync();
  }
}
