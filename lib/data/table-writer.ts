import { BOOLEAN, DOUBLE, DuckDBDataChunk, type DuckDBType, ENUM8, ENUM16, UINTEGER } from "@duckdb/node-api";
import bindings from "@duckdb/node-bindings";
import { unwritable } from "../common/transaction";
import { database, quoted } from "./duckdb";

/** A column of a file to write: its name, and its type or the names that its codes stand for. */
export interface OutputColumn {
  readonly name: string;
  readonly type: "number" | "integer" | "boolean" | { readonly categories: readonly string[] };
}

/** Values of one column: `Float64Array` for numbers, `Uint32Array` for integers, `Uint8Array` for booleans, codes else. */
export type OutputValues = Float64Array | Uint32Array | Uint16Array | Uint8Array;

/** Rows that DuckDB holds in one chunk. */
const chunkRows = 2048;

let tables = 0;

/** Collects columns block by block and writes them as one Parquet or CSV file; what exceeds memory goes to disk. */
export class TableWriter {
  private constructor(
    private readonly table: string,
    private readonly columns: readonly OutputColumn[],
    private readonly types: readonly DuckDBType[],
  ) {}

  static async create(columns: readonly OutputColumn[]): Promise<TableWriter> {
    const types = columns.map(({ type }) => {
      if (type === "number") return DOUBLE;
      if (type === "integer") return UINTEGER;
      if (type === "boolean") return BOOLEAN;
      return type.categories.length <= 255 ? ENUM8(type.categories) : ENUM16(type.categories);
    });
    const table = `output_${tables++}`;
    const definitions = columns.map(({ name }, i) => `"${name}" ${types[i]}`);
    await (await database()).run(`CREATE TABLE ${table} (${definitions.join(", ")})`);
    return new TableWriter(table, columns, types);
  }

  /** Adds rows: one array a column, all of one length, in the order of the columns. */
  async append(columns: readonly OutputValues[]): Promise<void> {
    const appender = await (await database()).createAppender(this.table);
    for (let start = 0; start < columns[0].length; start += chunkRows) {
      const rows = Math.min(chunkRows, columns[0].length - start);
      const chunk = DuckDBDataChunk.create(this.types, rows);
      for (const [i, values] of columns.entries()) {
        const part = asStored(this.columns[i], values.slice(start, start + rows));
        const vector = bindings.data_chunk_get_vector(chunk.chunk, i);
        bindings.copy_data_to_vector(vector, 0, part.buffer as ArrayBuffer, 0, part.byteLength);
      }
      appender.appendDataChunk(chunk);
    }
    appender.closeSync();
  }

  /** Writes all rows, in their order; as CSV with a header if `format` says so. @throws {InputError} on a full disk */
  async write(path: string, format: "parquet" | "csv"): Promise<void> {
    const options = format === "parquet" ? "FORMAT parquet, COMPRESSION zstd" : "FORMAT csv, HEADER";
    try {
      await (await database()).run(`COPY ${this.table} TO ${quoted(path)} (${options})`);
    } catch (error) {
      throw unwritable(path, error);
    }
  }

  /** Forgets the rows. */
  async close(): Promise<void> {
    await (await database()).run(`DROP TABLE IF EXISTS ${this.table}`);
  }
}

/** Codes as wide as DuckDB stores them: a byte for up to 255 names, else two. */
function asStored({ type }: OutputColumn, values: OutputValues): OutputValues {
  if (typeof type === "string") return values;
  return type.categories.length <= 255 ? Uint8Array.from(values) : Uint16Array.from(values);
}
